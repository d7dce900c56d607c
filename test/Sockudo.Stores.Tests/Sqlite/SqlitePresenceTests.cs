using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.Sqlite;

/// <inheritdoc/>
[Collection(nameof(SqliteBackedServer))]
public sealed class SqlitePresenceTests(SqliteBackedServer fixture) : PresenceSpec(fixture.Server);
