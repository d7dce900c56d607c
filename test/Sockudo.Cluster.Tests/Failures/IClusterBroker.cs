namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A real broker in the hands of a test.</summary>
internal interface IClusterBroker : IAsyncDisposable
{
    /// <summary>Values of <c>--set</c> for a node.</summary>
    string[] Options { get; }

    /// <summary>Takes the broker, or the part of it that matters most, away without warning.</summary>
    Task BreakAsync();

    /// <summary>Brings back what was taken away.</summary>
    Task MendAsync();
}
