using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <inheritdoc/>
[Collection(nameof(PostgreSqlBackedServer))]
public sealed class PostgreSqlUserTests(PostgreSqlBackedServer fixture) : UserSpec(fixture.Server);
