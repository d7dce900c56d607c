using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <inheritdoc/>
[Collection(nameof(DynamoDbBackedServer))]
public sealed class DynamoDbUserTests(DynamoDbBackedServer fixture) : UserSpec(fixture.Server);
