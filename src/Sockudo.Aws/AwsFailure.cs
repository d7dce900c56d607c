namespace Sockudo.Aws;

/// <summary>That a service of AWS cannot be used. The SDK says so with exceptions of its own, of HTTP, and of the runtime, such as a TimeoutException when its last attempt took too long.</summary>
internal static class AwsFailure
{
    /// <summary>For operators. Who is silent has sent nothing that could be shown.</summary>
    public static string Reason(Exception exception) => exception is TimeoutException or OperationCanceledException ? "no answer in time" : exception.Message;
}
