namespace Sockudo.Stores.Tests.DynamoDb;

/// <summary>The emulator of DynamoDB.</summary>
public sealed class DynamoDbStoredAppsTests(Dynamo server) : RemoteStoredAppsSpec
{
    protected override async Task<int> GetPortAsync() => (await server.GetAsync()).Port;

    protected override string[] OptionsFor(int port) =>
    [
        "app_manager.driver=dynamodb",
        $"database.dynamodb.endpoint_url=http://127.0.0.1:{port}",
        $"database.dynamodb.table_name=apps-{Guid.NewGuid():N}",
        "database.dynamodb.aws_access_key_id=id",
        "database.dynamodb.aws_secret_access_key=secret",
    ];
}
