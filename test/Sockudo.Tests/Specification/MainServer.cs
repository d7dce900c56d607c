using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.MainServer))]
[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.ImpatientServer))]

namespace Sockudo.Tests.Specification;

/// <summary>The server that most specifications run against: another one's, named by its URL, or one of our own with the defaults.</summary>
public sealed class MainServer : IAsyncLifetime
{
    private static readonly string? Url = Environment.GetEnvironmentVariable("SOCKUDO_TEST_URL");

    private SockudoProcess? _process;

    /// <summary>The tests look at a server that they have not started and cannot configure.</summary>
    public static bool IsElsewhere => !string.IsNullOrEmpty(Url);

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (IsElsewhere)
        {
            Server = new ServerUnderTest(new Uri(Url!));
            return;
        }

        _process = await SockudoProcess.StartAsync();
        Server = new ServerUnderTest(_process.Address);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
