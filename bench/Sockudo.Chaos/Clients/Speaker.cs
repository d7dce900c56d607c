using System.Globalization;
using System.Net.WebSockets;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Clients;

/// <summary>Whoever speaks on a private channel: the first client there, under another name with each connection.</summary>
internal sealed class Speaker(string channel, Crowd crowd)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ChaosConnection? _connection;
    private int _name;
    private int _number;

    /// <summary>Says something once a second until it is cancelled.</summary>
    public async Task SpeakAsync(CancellationToken quiet)
    {
        while (!quiet.IsCancellationRequested)
        {
            await SayAsync();
            await Task.Delay(Pause, quiet).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says something; null if nobody is here.</summary>
    public async Task<(ChaosConnection Speaker, Publication Said)?> SayAsync()
    {
        var connection = crowd.Clients.FirstOrDefault(client => client.IsJoined && client.Plan.Talk == channel)?.Connection;
        if (connection is null)
            return null;
        if (connection != _connection)
            (_connection, _name) = (connection, _name + 1);
        var data = string.Create(CultureInfo.InvariantCulture, $"{channel}/{_name} {++_number}");
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            await connection.SayAsync(channel, data);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return null;
        }

        return (connection, new Publication(channel, data, start, PublishOutcome.Unknown));
    }
}
