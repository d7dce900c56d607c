using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Sockudo.Server.Backends;

namespace Sockudo.Aws;

/// <summary>The table of the apps in DynamoDB: partition key <c>id</c>, and an index over <c>key</c> with all attributes.</summary>
/// <param name="client">The service.</param>
/// <param name="name">Name of the table.</param>
/// <param name="time">The clock.</param>
internal sealed class DynamoTable(AmazonDynamoDBClient client, string name, TimeProvider time)
{
    /// <summary>The index over <c>key</c>.</summary>
    public const string KeyIndex = "KeyIndex";

    /// <summary>"Waits up to 60 s for ACTIVE."</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns when the table can be used; creates it if it is missing and may be created.</summary>
    /// <exception cref="BackendException">It is missing or is another kind of table; permanent.</exception>
    public async Task ReadyAsync(bool mayCreate, CancellationToken cancellationToken)
    {
        var table = await DescribeAsync(cancellationToken).ConfigureAwait(false);
        if (table is null && !mayCreate)
        {
            throw new BackendException(
                $"there is no table \"{name}\" in DynamoDB; create it with partition key id (S) and a global secondary index {KeyIndex} with partition key key (S) and "
                + "projection ALL, or set app_manager.auto_migrate = true", isPermanent: true)
            { IsMissing = true };
        }

        if (table is null)
            await CreateAsync(cancellationToken).ConfigureAwait(false);
        while (table?.TableStatus != TableStatus.ACTIVE)
        {
            table = await DescribeAsync(cancellationToken).ConfigureAwait(false);
            if (table?.TableStatus != TableStatus.ACTIVE)
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        if (table.GlobalSecondaryIndexes is null || !table.GlobalSecondaryIndexes.Exists(static index => index.IndexName == KeyIndex))
        {
            throw new BackendException(
                $"the table \"{name}\" in DynamoDB has no index {KeyIndex}; add it: aws dynamodb update-table --table-name {name} "
                + "--attribute-definitions AttributeName=key,AttributeType=S --global-secondary-index-updates "
                + $"'[{{\"Create\":{{\"IndexName\":\"{KeyIndex}\",\"KeySchema\":[{{\"AttributeName\":\"key\",\"KeyType\":\"HASH\"}}],\"Projection\":{{\"ProjectionType\":\"ALL\"}}}}}}]'",
                isPermanent: true);
        }
    }

    /// <summary>What the service says of the table; null if there is none.</summary>
    public async Task<TableDescription?> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.DescribeTableAsync(name, cancellationToken).ConfigureAwait(false)).Table;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateTableAsync(
                new CreateTableRequest
                {
                    TableName = name,
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    AttributeDefinitions = [new("id", ScalarAttributeType.S), new("key", ScalarAttributeType.S)],
                    KeySchema = [new("id", KeyType.HASH)],
                    GlobalSecondaryIndexes =
                    [
                        new() { IndexName = KeyIndex, KeySchema = [new("key", KeyType.HASH)], Projection = new() { ProjectionType = ProjectionType.ALL } },
                    ],
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceInUseException)
        {
            // Another node was faster.
        }
    }
}
