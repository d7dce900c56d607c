using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <inheritdoc/>
[Collection(nameof(DynamoDbBackedServer))]
public sealed class DynamoDbHttpApiTests(DynamoDbBackedServer fixture) : HttpApiSpec(fixture.Server);
