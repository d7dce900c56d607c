using System.Globalization;
using Sockudo.Server.Backends;

namespace Sockudo.Redis;

/// <summary>Looks at the Redis servers of a component as the component would use them, and changes nothing.</summary>
public static class RedisInspection
{
    /// <summary>Connects as the component does at its start, and asks each master about itself.</summary>
    /// <param name="target">Which Redis.</param>
    /// <param name="time">The clock here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">The servers cannot be used.</exception>
    public static async Task<IReadOnlyList<RedisServerFacts>> LookAsync(RedisTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        var connection = await new RedisConnector(target, "doctor", time).ConnectAsync(cancellationToken).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        var servers = new RedisServers(target, "doctor", time);
        var facts = new List<RedisServerFacts>();
        foreach (var master in await servers.LocateAsync([], cancellationToken).ConfigureAwait(false))
        {
            var client = await servers.ConnectAsync(master.Address, mustBeMaster: true, cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                facts.Add(await AskAsync(servers, client, time, cancellationToken).ConfigureAwait(false));
        }

        return facts;
    }

    private static async Task<RedisServerFacts> AskAsync(RedisServers servers, RespClient client, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var clock = await servers.CallAsync(client, cancellationToken, "TIME").ConfigureAwait(false);
        var roundTrip = time.GetElapsedTime(began);
        var asked = time.GetUtcNow() - (roundTrip / 2);
        var info = await servers.CallAsync(client, cancellationToken, "INFO").ConfigureAwait(false);
        var saves = await servers.CallAsync(client, cancellationToken, "CONFIG", "GET", "save").ConfigureAwait(false);
        var lines = info.IsError ? [] : info.Text!.Split('\n', StringSplitOptions.TrimEntries);
        return new RedisServerFacts(
            client.Address.ToString(), ValueOf("redis_version"), roundTrip,
            clock.Items is [{ Text: { } seconds }, { Text: { } microseconds }]
                ? DateTimeOffset.FromUnixTimeSeconds(Number(seconds)).AddMicroseconds(Number(microseconds)) : asked,
            asked, ValueOf("maxmemory_policy"), ValueOf("maxmemory") is { } bytes ? Number(bytes) : null,
            ValueOf("aof_enabled") is { } isOn ? isOn == "1" : null, saves["save"] is { } rule ? rule.Length > 0 : null);

        string? ValueOf(string name) => lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
