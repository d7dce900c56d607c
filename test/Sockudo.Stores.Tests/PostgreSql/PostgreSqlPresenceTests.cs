using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <inheritdoc/>
[Collection(nameof(PostgreSqlBackedServer))]
public sealed class PostgreSqlPresenceTests(PostgreSqlBackedServer fixture) : PresenceSpec(fixture.Server);
