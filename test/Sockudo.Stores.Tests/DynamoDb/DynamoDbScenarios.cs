using Xunit;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <summary>The scenarios that run against one server.</summary>
[CollectionDefinition(nameof(DynamoDbBackedServer))]
public sealed class DynamoDbScenarios : ICollectionFixture<DynamoDbBackedServer>;
