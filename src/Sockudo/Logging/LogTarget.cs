using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>The target of a log line (metrics.md 7) for a logger's category.</summary>
internal static class LogTarget
{
    private const string Root = "sockudo.";

    /// <summary>Our own categories are targets already; those of the framework are told apart by what they are about.</summary>
    public static string Of(string category)
    {
        if (category.StartsWith(Root, StringComparison.Ordinal))
            return category;
        if (category.Contains("Https", StringComparison.Ordinal))
            return "sockudo.tls";
        return category.Contains("Connections", StringComparison.Ordinal) || category.Contains("Transport", StringComparison.Ordinal)
            ? "sockudo.connection"
            : "sockudo.http";
    }

    /// <summary>
    /// Whether a category is the framework's. What it has to say of clients that break rules is no concern of operators
    /// below an error; our own lines say what matters.
    /// </summary>
    public static bool IsFramework(string category) => !category.StartsWith(Root, StringComparison.Ordinal);

    /// <summary>Whether it is what the framework calls critical, though a client did it, which asks for more than it reads, and only its connection ends.</summary>
    public static bool IsOfClient(EventId id) => id.Name is "Http2QueueOperationsExceeded" or "Http2FlowControlQueueOperationsExceeded";
}
