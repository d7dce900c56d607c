using System.CommandLine;
using System.Net.Sockets;

namespace Sockudo.Load.Commands;

/// <summary>Turns what can go wrong outside of this tool into one line and an exit code.</summary>
internal static class ErrorBoundary
{
    /// <summary>Nothing could be measured.</summary>
    private const int Failed = 2;

    public static Func<ParseResult, int> Around(Func<ParseResult, int> action) => result =>
    {
        try
        {
            return action(result);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or SocketException)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return Failed;
        }
    };
}
