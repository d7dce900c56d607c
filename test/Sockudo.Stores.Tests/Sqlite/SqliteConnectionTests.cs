using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.Sqlite;

/// <inheritdoc/>
[Collection(nameof(SqliteBackedServer))]
public sealed class SqliteConnectionTests(SqliteBackedServer fixture) : ConnectionSpec(fixture.Server);
