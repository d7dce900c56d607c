using System.CommandLine;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Commands;

/// <summary>Options that say which server is under load.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string> _url = new("--url") { Description = "Base URL of a running server", DefaultValueFactory = _ => "http://127.0.0.1:6001" };
    private readonly Option<string[]> _also = new("--also") { Description = "Base URL of another node of the same cluster; may be repeated" };
    private readonly Option<int?> _serverPid = new("--server-pid") { Description = "Process of that server, to meter it" };
    private readonly Option<string?> _serverCommand = new("--server-command") { Description = "Start this server instead, and kill it at the end; it must print addresses=http://…" };
    private readonly Option<int?> _serverCore = new("--server-core") { Description = "Core for the started server" };
    private readonly Option<int?> _pin = new("--pin") { Description = "Core for the load generator" };
    private readonly Option<bool> _tls = new("--tls") { Description = "HTTPS and WSS; a started server gets a certificate for it" };
    private readonly Option<string> _appId = new("--app-id") { DefaultValueFactory = _ => "demo-app" };
    private readonly Option<string> _key = new("--key") { DefaultValueFactory = _ => "demo-key" };
    private readonly Option<string> _secret = new("--secret") { DefaultValueFactory = _ => "demo-secret" };
    private readonly Option<int> _sources = new("--sources") { Description = "Loopback addresses to connect from, 127.0.0.2 and on; 0 = the system's choice", DefaultValueFactory = _ => 4 };

    /// <summary>Adds the options that name one server, running or to be started.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_url, _also, _serverPid, _serverCommand, _serverCore, _pin, _tls])
            command.Options.Add(option);
        AddAppTo(command);
    }

    /// <summary>Adds the options that name the app.</summary>
    public void AddAppTo(Command command)
    {
        foreach (var option in (Option[])[_appId, _key, _secret, _sources])
            command.Options.Add(option);
    }

    /// <summary>Confines this process to its core, and starts the server if that is wanted.</summary>
    public ServerChild? Start(ParseResult result, IReadOnlyDictionary<string, string> environment)
    {
        if (result.GetValue(_pin) is { } core)
            ProcessMeter.PinSelf(core);
        if (result.GetValue(_serverCommand) is not { } command)
            return null;
        if (!result.GetValue(_tls))
            return new ServerChild(command, result.GetValue(_serverCore), environment);
        // The server reads it before it says that it listens.
        using var certificate = new SelfSignedCertificate();
        return new ServerChild(command, result.GetValue(_serverCore), environment.Concat(certificate.Variables).ToDictionary());
    }

    /// <summary>What the scenario works with.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="child">The server that was started; null if one is running already.</param>
    public ServerUnderLoad Server(ParseResult result, ServerChild? child)
    {
        var url = new UriBuilder(child?.Url ?? new Uri(result.GetValue(_url)!));
        if (result.GetValue(_tls))
            (url.Scheme, url.Port) = (Uri.UriSchemeHttps, url.Uri.IsDefaultPort ? -1 : url.Port);
        var process = child?.Id ?? result.GetValue(_serverPid);
        return new ServerUnderLoad(Target(url.Uri), process is { } id ? new ProcessMeter(id) : null, result.GetValue(_sources))
        {
            Others = [.. (result.GetValue(_also) ?? []).Select(other => Target(new Uri(other)))],
        };

        LoadTarget Target(Uri node) => new(node, result.GetValue(_appId)!, result.GetValue(_key)!, result.GetValue(_secret)!);
    }
}
