using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests;

/// <summary>The DynamoDB emulator of all tests that leave it running.</summary>
public sealed class Dynamo() : LazyServer<DynamoDbEmulator>(DynamoDbEmulator.StartAsync);
