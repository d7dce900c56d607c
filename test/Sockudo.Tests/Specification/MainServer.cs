using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.MainServer))]
[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.ImpatientServer))]

namespace Sockudo.Tests.Specification;

/// <summary>The server that most specifications run against: another one's, named by its URL, or one of our own with the defaults.</summary>
public sealed class MainServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("SOCKUDO_TEST_URL") is { Length: > 0 } url)
        {
            Server = new ServerUnderTest(new Uri(url));
            return;
        }

        _process = await SockudoProcess.StartAsync();
        Server = new ServerUnderTest(_process.Address);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
