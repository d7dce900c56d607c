using Xunit;

namespace Sockudo.Stores.Tests.MySql;

/// <summary>The scenarios that run against one server.</summary>
[CollectionDefinition(nameof(MySqlBackedServer))]
public sealed class MySqlScenarios : ICollectionFixture<MySqlBackedServer>;
