using System.Diagnostics;
using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>Signed events to a channel that nobody listens to: what a publish costs by itself.</summary>
internal static class Publish
{
    private const int Pipelined = 16;

    /// <summary>Publishes for a time on one keep-alive connection, several requests in flight.</summary>
    public static void Run(LoadTarget target, int payloadBytes, TimeSpan duration, ProcessMeter? meter, TextWriter output)
    {
        using var publisher = new HttpPublisher(target);
        var body = $"{{\"name\":\"load\",\"data\":\"{new string('x', payloadBytes)}\",\"channels\":[\"nobody\"]}}";
        PublishFor(publisher, body, TimeSpan.FromSeconds(1));
        var cpu = meter?.CpuTime;
        var started = Stopwatch.GetTimestamp();
        var published = PublishFor(publisher, body, duration);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var each = meter is null ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{(meter.CpuTime - cpu!.Value).TotalMicroseconds / published:0.0}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{published} events, {published / elapsed.TotalSeconds:0}/s; server CPU per event: {each} us"));
    }

    private static long PublishFor(HttpPublisher publisher, string body, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var published = 0L;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            publisher.Send(Enumerable.Repeat(body, Pipelined));
            publisher.ReadAnswers();
            published += Pipelined;
        }

        return published;
    }
}
