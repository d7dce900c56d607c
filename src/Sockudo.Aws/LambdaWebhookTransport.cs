using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Webhooks;

namespace Sockudo.Aws;

/// <summary>
/// Webhooks by AWS Lambda (webhooks.md 6): invocation type <c>Event</c>, with the body as it is. Credentials come from the default chain of the AWS SDK, and so does the signature;
/// <c>AWS_ENDPOINT_URL_LAMBDA</c> and <c>AWS_ENDPOINT_URL</c> name another endpoint. What fails is tried again by the queue, not here.
/// </summary>
public sealed class LambdaWebhookTransport : IWebhookTransport, IDisposable
{
    private const string Service = "lambda";

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<string, ClientConfig> _regions = new(StringComparer.Ordinal);
    private readonly DefaultAWSCredentialsIdentityResolver _credentials = new();

    /// <inheritdoc/>
    public string Name => "lambda";

    /// <inheritdoc/>
    public async Task<WebhookAnswer> SendAsync(App app, AppWebhook webhook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        try
        {
            using var request = await SignAsync(webhook.Lambda!, body, cancellationToken).ConfigureAwait(false);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            var kind = response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? $" {types.First()}" : "";
            return new WebhookAnswer(response.StatusCode == HttpStatusCode.Accepted, status, string.Create(CultureInfo.InvariantCulture, $"status {status}{kind}"));
        }
        catch (Exception exception) when (BackendException.IsOwedFor(exception, cancellationToken))
        {
            return new WebhookAnswer(false, null, exception.InnerException?.Message ?? AwsFailure.Reason(exception));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<HttpRequestMessage> SignAsync(LambdaTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // Any configuration that knows region and credentials will do; the signature names the service.
        var configuration = _regions.GetOrAdd(target.Region, static region => new AmazonDynamoDBConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region) });
        var credentials = await _credentials.ResolveIdentityAsync(configuration, cancellationToken).ConfigureAwait(false);
        var keys = await credentials.GetCredentialsAsync().ConfigureAwait(false);
        var endpoint = EndpointOf(target.Region);
        var request = new DefaultRequest(new Invocation(), Service)
        {
            HttpMethod = "POST",
            Endpoint = endpoint,
            ResourcePath = "/2015-03-31/functions/{FunctionName}/invocations",
            Content = body.ToArray(),
            OverrideSigningServiceName = Service,
            AuthenticationRegion = target.Region,
        };
        request.AddPathResource("{FunctionName}", target.FunctionName);
        request.Headers["Content-Type"] = "application/json";
        request.Headers["X-Amz-Invocation-Type"] = "Event";
        if (keys.UseToken)
            request.Headers["X-Amz-Security-Token"] = keys.Token;
        var signed = new AWS4Signer().SignRequest(request, configuration, null, keys.AccessKey, keys.SecretKey);

        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, $"/2015-03-31/functions/{Uri.EscapeDataString(target.FunctionName)}/invocations"))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in request.Headers)
        {
            if (name is not ("Content-Type" or "host" or "Host"))
                message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.TryAddWithoutValidation("Authorization", signed.ForAuthorizationHeader);
        return message;
    }

    private static Uri EndpointOf(string region)
    {
        var other = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_LAMBDA") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        return new Uri(string.IsNullOrEmpty(other) ? $"https://lambda.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}" : other);
    }

    private sealed class Invocation : AmazonWebServiceRequest;
}
