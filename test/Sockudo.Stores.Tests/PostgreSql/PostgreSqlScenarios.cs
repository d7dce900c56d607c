using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <summary>The scenarios that run against one server.</summary>
[CollectionDefinition(nameof(PostgreSqlBackedServer))]
public sealed class PostgreSqlScenarios : ICollectionFixture<PostgreSqlBackedServer>;
