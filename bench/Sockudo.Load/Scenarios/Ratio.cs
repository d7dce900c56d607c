using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// The server against the floor in one run: rounds take turns, so that whatever the machine does meanwhile meets both. Both
/// servers have one core, the load generator the other.
/// </summary>
internal static class Ratio
{
    /// <summary>Prints every round and the ratio of the medians; false if any message was lost, doubled or out of order.</summary>
    public static bool Run(
        LoadTarget app, string serverCommand, string floorCommand, int subscribers, int payloadBytes, int rounds, TimeSpan duration, TextWriter output)
    {
        ServerChild.PinSelf(1);
        using var server = new ServerChild(serverCommand, 0);
        using var floor = new ServerChild(floorCommand, 0);
        using var serverLoad = new FanOut(app with { Url = server.Url }, subscribers, 1, payloadBytes, sources: 4, clientEvents: false);
        using var floorLoad = new FanOut(app with { Url = floor.Url }, subscribers, 1, payloadBytes, sources: 4, clientEvents: false);
        var isFaultless = true;
        foreach (var window in new[] { 1, 16 })
        {
            // Until the code is compiled for good.
            serverLoad.Run(window, duration, null);
            floorLoad.Run(window, TimeSpan.FromSeconds(1), null);
            var (own, reference) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                var a = serverLoad.Run(window, duration, new ProcessMeter(server.Id));
                var b = floorLoad.Run(window, duration, new ProcessMeter(floor.Id));
                isFaultless &= a.IsFaultless && b.IsFaultless;
                own.Add(a.CpuPerDelivery!.Value);
                reference.Add(b.CpuPerDelivery!.Value);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"window {window,2} round {round + 1}: server {a.CpuPerDelivery:0.000} us, floor {b.CpuPerDelivery:0.000} us of CPU per delivery; server p50 {a.P50Microseconds} us, p99 {a.P99Microseconds} us, {a.DeliveriesPerSecond:0}/s"));
            }

            var ratios = own.Zip(reference).Select(static pair => pair.First / pair.Second).Order().ToList();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"window {window,2}: median server {Median(own):0.000} us, median floor {Median(reference):0.000} us, ratio {Median(own) / Median(reference):0.00} (rounds {ratios[0]:0.00} to {ratios[^1]:0.00})"));
        }

        return isFaultless;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
