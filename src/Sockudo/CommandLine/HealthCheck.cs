using System.Net;
using Sockudo.Administration;
using Sockudo.Server.Options;

namespace Sockudo.CommandLine;

/// <summary><c>--healthcheck</c>: asks the configured listener (configuration.md 1.4).</summary>
internal static class HealthCheck
{
    /// <summary>Exit code 0 if <c>/up</c> answers 200, else 1 with the reason on standard error.</summary>
    public static async Task<int> RunAsync(SockudoOptions options)
    {
        using var server = new LocalServer(options);
        try
        {
            using var response = await server.GetUpAsync().ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
                return ExitCodes.Ok;
            await Console.Error.WriteLineAsync($"error: the server is not ready: status {(int)response.StatusCode}").ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"error: the server does not answer: {exception.Message}").ConfigureAwait(false);
        }

        return ExitCodes.Failure;
    }
}
