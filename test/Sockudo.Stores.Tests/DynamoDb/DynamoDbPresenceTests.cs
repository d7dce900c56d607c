using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <inheritdoc/>
[Collection(nameof(DynamoDbBackedServer))]
public sealed class DynamoDbPresenceTests(DynamoDbBackedServer fixture) : PresenceSpec(fixture.Server);
