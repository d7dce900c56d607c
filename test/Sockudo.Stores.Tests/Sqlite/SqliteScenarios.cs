using Xunit;

namespace Sockudo.Stores.Tests.Sqlite;

/// <summary>The scenarios that run against one server.</summary>
[CollectionDefinition(nameof(SqliteBackedServer))]
public sealed class SqliteScenarios : ICollectionFixture<SqliteBackedServer>;
