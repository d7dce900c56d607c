using System.CommandLine;

namespace Sockudo.Load.Commands;

/// <summary>Cores for comparisons: there servers and generator always have one each.</summary>
internal sealed class CoreOptions
{
    private readonly Option<int> _serverCore = new("--server-core") { Description = "Core for the servers", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _pin = new("--pin") { Description = "Core for the load generator", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        command.Options.Add(_serverCore);
        command.Options.Add(_pin);
    }

    public int Server(ParseResult result) => result.GetValue(_serverCore);

    public int Generator(ParseResult result) => result.GetValue(_pin);
}
