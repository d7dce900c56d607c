using Sockudo.Server.Apps;
using Sockudo.Specification;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <summary>The emulator of DynamoDB, which is slower than any database.</summary>
public sealed class DynamoDbAppStoreTests(Dynamo server) : AppStoreSpec
{
    protected override int Many => 2_000;

    protected override async Task<IAppDatabase> CreateAsync(string table, bool autoMigrate = true) => Databases.DynamoDb(await server.GetAsync(), table, autoMigrate);
}
