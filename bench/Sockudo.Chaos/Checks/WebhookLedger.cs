using System.Globalization;
using System.Net;
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
    private readonly WebhookListener _listener;
    private readonly Dictionary<string, (long Time, long Number, bool IsThere, string Said)> _told = [];
    private readonly HashSet<string> _bodies = [];
    private TaskCompletionSource _hanging = new();
    private long _number;

    /// <param name="findings">Takes what cannot be right.</param>
    /// <param name="timeline">When things happen.</param>
    public WebhookLedger(Findings findings, Timeline timeline)
    {
        _findings = findings;
        _timeline = timeline;
        _listener = new WebhookListener(AnswerAsync);
    }

    /// <summary>Where it is.</summary>
    public string Url => _listener.Url;

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
        if (mood == ReceiverMood.Away)
            _listener.Close();
        else if (Mood == ReceiverMood.Away)
            _listener.Listen();
        Mood = mood;
        Interlocked.Exchange(ref _hanging, new TaskCompletionSource()).SetResult();
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

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AnswerAsync(WebhookRequest request, HttpListenerResponse response)
    {
        var mood = Mood;
        if (mood == ReceiverMood.Well)
        {
            Take(request);
            return;
        }

        if (mood == ReceiverMood.Hanging)
            await _hanging.Task;
        response.StatusCode = 500;
    }

    private void Take(WebhookRequest request)
    {
        var signature = request.SignatureBy(ChaosNode.App.Secret);
        if (request.Signature != signature)
            _findings.Add("signatures of webhooks", signature, request.Signature ?? "none");
        var json = JsonNode.Parse(request.Body)!;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var time = (long)json["time_ms"]!;
        if (Math.Abs(now - time) > Credible.TotalMilliseconds)
            time = now;
        lock (_told)
        {
            if (!_bodies.Add(signature))
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
