using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <inheritdoc/>
[Collection(nameof(PostgreSqlBackedServer))]
public sealed class PostgreSqlHttpApiTests(PostgreSqlBackedServer fixture) : HttpApiSpec(fixture.Server);
