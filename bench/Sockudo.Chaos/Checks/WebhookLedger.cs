using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sockudo.Chaos.Nodes;
using Sockudo.Specification.Backends;

namespace Sockudo.Chaos.Checks;

/// <summary>
/// An application that believes webhooks: which channels are occupied by whom, by nothing but what it was told, and sorted by <c>time_ms</c>, as some come again
/// after a failure. Where the sender's clock is obviously wrong, the time of arrival counts.
/// </summary>
internal sealed class WebhookLedger : IAsyncDisposable
{
    // More than anything is late by in a run, and less than a clock is moved by.
    private static readonly TimeSpan Credible = TimeSpan.FromSeconds(100);

    private readonly Findings _findings;
    private readonly Timeline _timeline;
    private readonly int _port = FreePort.Next();
    private readonly Dictionary<string, (long Time, long Number, bool IsThere, string Said)> _told = [];
    private readonly HashSet<string> _bodies = [];
    private readonly ConcurrentDictionary<HttpListenerContext, byte> _hanging = new();
    private HttpListener? _listener;
    private long _number;

    /// <param name="findings">Takes what cannot be right.</param>
    /// <param name="timeline">When things happen.</param>
    public WebhookLedger(Findings findings, Timeline timeline)
    {
        _findings = findings;
        _timeline = timeline;
        Listen();
    }

    /// <summary>Where it is.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/hook");

    /// <summary>Events that it was told, repeated ones included.</summary>
    public long Events { get; private set; }

    /// <summary>Requests whose body had come before.</summary>
    public long RepeatedRequests { get; private set; }

    /// <summary>How it answers now.</summary>
    public ReceiverMood Mood { get; private set; }

    /// <summary>A channel as a subject of webhooks.</summary>
    public static string Subject(string channel) => channel;

    /// <summary>A user in a presence channel as a subject of webhooks.</summary>
    public static string Subject(string channel, string user) => $"{channel} {user}";

    /// <summary>Changes how it answers.</summary>
    public void Set(ReceiverMood mood)
    {
        if (Mood == ReceiverMood.Away && mood != ReceiverMood.Away)
            Listen();
        if (mood == ReceiverMood.Away)
            _listener!.Close();
        Mood = mood;
        foreach (var context in _hanging.Keys)
            context.Response.Abort();
        _hanging.Clear();
    }

    /// <summary>Channels that it takes for occupied, and users that it takes for there.</summary>
    public HashSet<string> Believed()
    {
        lock (_told)
            return [.. _told.Where(static pair => pair.Value.IsThere).Select(static pair => pair.Key)];
    }

    /// <summary>Sets right what it believes, so that a mistake is found once.</summary>
    public void Correct(HashSet<string> subjects)
    {
        lock (_told)
        {
            foreach (var subject in _told.Keys.Union(subjects).ToList())
                _told[subject] = _told.GetValueOrDefault(subject, (0, 0, false, "nothing")) with { IsThere = subjects.Contains(subject) };
        }
    }

    /// <summary>What it was told of a subject last.</summary>
    public string LastOf(string subject)
    {
        lock (_told)
            return _told.TryGetValue(subject, out var last) ? last.Said : "nothing";
    }

    public ValueTask DisposeAsync()
    {
        _listener?.Close();
        return ValueTask.CompletedTask;
    }

    private void Listen()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(HttpListener listener)
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Away.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            if (Mood == ReceiverMood.Hanging)
            {
                _hanging[context] = 0;
                return;
            }

            if (Mood == ReceiverMood.Well)
            {
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                Take(await reader.ReadToEndAsync(), context.Request.Headers["X-Pusher-Signature"]);
            }

            context.Response.StatusCode = Mood == ReceiverMood.Well ? 200 : 500;
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The sender has gone.
        }
    }

    private void Take(string body, string? signature)
    {
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ChaosNode.App.Secret), Encoding.UTF8.GetBytes(body)));
        if (signature != expected)
            _findings.Add("signatures of webhooks", expected, signature ?? "none");
        var json = JsonNode.Parse(body)!;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var time = (long)json["time_ms"]!;
        if (Math.Abs(now - time) > Credible.TotalMilliseconds)
            time = now;
        lock (_told)
        {
            if (!_bodies.Add(signature ?? ""))
                RepeatedRequests++;
            foreach (var one in json["events"]!.AsArray())
                Take(one!, time);
        }
    }

    private void Take(JsonNode one, long time)
    {
        Events++;
        var channel = (string)one["channel"]!;
        var (subject, isThere) = (string)one["name"]! switch
        {
            "channel_occupied" => (Subject(channel), true),
            "channel_vacated" => (Subject(channel), false),
            "member_added" => (Subject(channel, (string)one["user_id"]!), true),
            _ => (Subject(channel, (string)one["user_id"]!), false),
        };
        var number = ++_number;
        if (!_told.TryGetValue(subject, out var last) || (last.Time, last.Number).CompareTo((time, number)) < 0)
            _told[subject] = (time, number, isThere, string.Create(CultureInfo.InvariantCulture, $"{one["name"]} at {_timeline.Elapsed.TotalSeconds:0.0} s"));
    }
}
