using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <inheritdoc/>
[Collection(nameof(PostgreSqlBackedServer))]
public sealed class PostgreSqlConnectionTests(PostgreSqlBackedServer fixture) : ConnectionSpec(fixture.Server);
