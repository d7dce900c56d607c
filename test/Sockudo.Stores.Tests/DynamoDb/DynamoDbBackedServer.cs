namespace Sockudo.Stores.Tests.DynamoDb;

/// <inheritdoc/>
public sealed class DynamoDbBackedServer(Dynamo server) : StoreServer
{
    protected override async Task<string[]> GetOptionsAsync() =>
    [
        "app_manager.driver=dynamodb", $"database.dynamodb.endpoint_url={(await server.GetAsync()).Url}", "database.dynamodb.table_name=specification",
        "database.dynamodb.aws_access_key_id=id", "database.dynamodb.aws_secret_access_key=secret",
    ];
}
