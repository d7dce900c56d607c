using Sockudo.Server.Backends;

namespace Sockudo.Aws;

/// <summary>That a service of AWS cannot be used. The SDK says so with exceptions of its own, of HTTP, and of the runtime, such as a TimeoutException when its last attempt took too long.</summary>
internal static class AwsFailure
{
    /// <summary>It is anything but what the caller has asked for, or what is explained already.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    public static bool Is(Exception exception, CancellationToken caller) =>
        exception is not BackendException && !(exception is OperationCanceledException && caller.IsCancellationRequested);

    /// <summary>For operators. Who is silent has sent nothing that could be shown.</summary>
    public static string Reason(Exception exception) => exception is TimeoutException or OperationCanceledException ? "no answer in time" : exception.Message;
}
