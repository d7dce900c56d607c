using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Aws;

/// <summary>Apps in a table of DynamoDB (storage.md 1.6). Look-ups by key use the index <c>KeyIndex</c>, which follows the table after a moment.</summary>
public sealed class DynamoAppDatabase : IAppDatabase
{
    // "Retries and throttling follow the AWS client with at most 5 s in total."
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly DatabaseDynamodbOptions _options;
    private readonly string _region;
    private readonly bool _autoMigrate;
    private readonly TimeProvider _time;
    private AmazonDynamoDBClient? _client;

    /// <param name="options">Section <c>database.dynamodb</c>.</param>
    /// <param name="autoMigrate">Create the table if it is missing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.apps</c>.</param>
    public DynamoAppDatabase(DatabaseDynamodbOptions options, bool autoMigrate, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _region = AwsEndpoint.RegionOf(options.Region);
        _autoMigrate = autoMigrate;
        _time = time;
        State = new BackendState("app_manager", "dynamodb", logger);
    }

    /// <inheritdoc/>
    public BackendState State { get; }

    private AmazonDynamoDBClient Client => _client ?? throw new InvalidOperationException("The database has not been started.");

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _client ??= CreateClient();
        var table = new DynamoTable(_client, _options.TableName, _time);
        // Making a table takes its time; whether anybody is there is known soon.
        await AskAsync(table.DescribeAsync, 2 * Patience, cancellationToken).ConfigureAwait(false);
        await AskAsync(
            async patience =>
            {
                await table.ReadyAsync(_autoMigrate, patience).ConfigureAwait(false);
                return true;
            },
            DynamoTable.Patience + Patience, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<AppRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken) => State.TellAsync(AskAsync(
        async patience =>
        {
            var answer = await Client.QueryAsync(
                new QueryRequest
                {
                    TableName = _options.TableName,
                    IndexName = DynamoTable.KeyIndex,
                    KeyConditionExpression = "#key = :key",
                    ExpressionAttributeNames = new() { ["#key"] = "key" },
                    ExpressionAttributeValues = new() { [":key"] = new AttributeValue { S = key } },
                    Limit = 1,
                },
                patience).ConfigureAwait(false);
            return answer.Items is [var item, ..] ? DynamoItems.Read(item) : null;
        },
        Patience, cancellationToken));

    /// <inheritdoc/>
    public Task<AppRecord?> FindByIdAsync(string id, CancellationToken cancellationToken) => State.TellAsync(AskAsync(
        async patience =>
        {
            var answer = await Client.GetItemAsync(
                new GetItemRequest { TableName = _options.TableName, Key = KeyOf(id), ConsistentRead = true }, patience).ConfigureAwait(false);
            return answer.Item is { Count: > 0 } item ? DynamoItems.Read(item) : null;
        },
        Patience, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppRecord>> ListAsync(CancellationToken cancellationToken) => State.TellAsync(AskAsync<IReadOnlyList<AppRecord>>(
        async patience =>
        {
            var records = new List<AppRecord>();
            Dictionary<string, AttributeValue>? next = null;
            do
            {
                var answer = await Client.ScanAsync(
                    new ScanRequest { TableName = _options.TableName, ConsistentRead = true, ExclusiveStartKey = next }, patience).ConfigureAwait(false);
                records.AddRange((answer.Items ?? []).Select(DynamoItems.Read));
                next = answer.LastEvaluatedKey is { Count: > 0 } last ? last : null;
            }
            while (next is not null);
            return [.. records.OrderBy(static record => record.Find("id"), StringComparer.Ordinal)];
        },
        // Page by page, and nobody but an administrator asks.
        12 * Patience, cancellationToken));

    /// <inheritdoc/>
    public async Task InsertAsync(AppRecord app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        await RefuseTakenKeyAsync(app, app["id"]!, cancellationToken).ConfigureAwait(false);
        var item = app.Where(static field => field.Value is not null)
            .ToDictionary(static field => field.Key, static field => DynamoItems.Write(field.Key, field.Value!), StringComparer.Ordinal);
        var isNew = await AskAsync(
            async patience =>
            {
                try
                {
                    await Client.PutItemAsync(
                        new PutItemRequest { TableName = _options.TableName, Item = item, ConditionExpression = "attribute_not_exists(id)" }, patience).ConfigureAwait(false);
                    return true;
                }
                catch (ConditionalCheckFailedException)
                {
                    return false;
                }
            },
            Patience, cancellationToken).ConfigureAwait(false);
        if (!isNew)
            throw new AppConflictException("id", app["id"]!);
    }

    /// <inheritdoc/>
    public async Task<bool> UpdateAsync(string id, AppRecord changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        await RefuseTakenKeyAsync(changes, id, cancellationToken).ConfigureAwait(false);
        var fields = changes.Where(static field => field.Key != "id").ToList();
        if (fields.Count == 0)
            return await FindByIdAsync(id, cancellationToken).ConfigureAwait(false) is not null;
        var updates = fields.ToDictionary(
            static field => field.Key,
            static field => new AttributeValueUpdate
            {
                Action = field.Value is null ? AttributeAction.DELETE : AttributeAction.PUT,
                Value = field.Value is null ? null : DynamoItems.Write(field.Key, field.Value),
            },
            StringComparer.Ordinal);
        return await AskAsync(
            async patience =>
            {
                try
                {
                    await Client.UpdateItemAsync(
                        new UpdateItemRequest
                        {
                            TableName = _options.TableName,
                            Key = KeyOf(id),
                            AttributeUpdates = updates,
                            Expected = new() { ["id"] = new ExpectedAttributeValue(new AttributeValue { S = id }) },
                        },
                        patience).ConfigureAwait(false);
                    return true;
                }
                catch (ConditionalCheckFailedException)
                {
                    return false;
                }
            },
            Patience, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => AskAsync(
        async patience =>
        {
            var answer = await Client.DeleteItemAsync(
                new DeleteItemRequest { TableName = _options.TableName, Key = KeyOf(id), ReturnValues = ReturnValue.ALL_OLD }, patience).ConfigureAwait(false);
            return answer.Attributes is { Count: > 0 };
        },
        Patience, cancellationToken);

    /// <inheritdoc/>
    public Task WatchAsync(Action<string?> changed, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return default;
    }

    private static Dictionary<string, AttributeValue> KeyOf(string id) => new() { ["id"] = new AttributeValue { S = id } };

    // DynamoDB keeps nothing unique but the id. Two writers at the same time can still take one key; nobody but people and a start writes.
    private async Task RefuseTakenKeyAsync(AppRecord app, string id, CancellationToken cancellationToken)
    {
        if (app.Find("key") is { } key && await FindByKeyAsync(key, cancellationToken).ConfigureAwait(false) is { } other && other.Find("id") != id)
            throw new AppConflictException("key", key);
    }

    private AmazonDynamoDBClient CreateClient()
    {
        try
        {
            var configuration = new AmazonDynamoDBConfig { Timeout = Patience, MaxErrorRetry = 3 };
            AwsEndpoint.Apply(configuration, _options.EndpointUrl, _region);

            return CreateCredentials() is { } credentials ? new AmazonDynamoDBClient(credentials, configuration) : new AmazonDynamoDBClient(configuration);
        }
        catch (Exception exception) when (exception is AmazonClientException or ArgumentException)
        {
            throw new BackendException($"DynamoDB cannot be used: {exception.Message} (database.dynamodb)", isPermanent: true, exception);
        }
    }

    // Null = the default chain of the SDK.
    private AWSCredentials? CreateCredentials()
    {
        if (_options.AwsAccessKeyId is { } id && _options.AwsSecretAccessKey is { } secret)
            return _options.AwsSessionToken is { } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret);
        if (_options.AwsProfileName is not { } profile)
            return null;
        return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var credentials)
            ? credentials
            : throw new BackendException($"there is no AWS profile \"{profile}\" (database.dynamodb.aws_profile_name, AWS_PROFILE)", isPermanent: true);
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await ask(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (BackendException.IsOwedFor(exception, cancellationToken))
        {
            throw new BackendException($"{Description} cannot be used: {AwsFailure.Reason(exception)}", IsPermanent(exception), exception);
        }
    }

    private string Description => $"DynamoDB {AwsEndpoint.Shown(_options.EndpointUrl, _region)}, table {_options.TableName} (database.dynamodb)";

    private static bool IsPermanent(Exception exception) => exception is AmazonServiceException
    {
        ErrorCode: "AccessDeniedException" or "UnrecognizedClientException" or "InvalidSignatureException" or "MissingAuthenticationTokenException"
            or "IncompleteSignatureException" or "ValidationException"
    };
}
