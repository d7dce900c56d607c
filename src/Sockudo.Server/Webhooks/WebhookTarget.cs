using System.Diagnostics.CodeAnalysis;

namespace Sockudo.Server.Webhooks;

/// <summary>What is known of one webhook of one app while jobs for it are here.</summary>
/// <param name="name">As <see cref="WebhookIds.TargetOf"/> makes it.</param>
/// <param name="health">Whether it answers.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
internal sealed class WebhookTarget(string name, TargetHealth health)
{
    private SemaphoreSlim _slots = new(0);
    private int _atOnce;

    public string Name => name;

    public TargetHealth Health => health;

    /// <summary>Jobs for it that are here. For whoever holds the gate of the delivery.</summary>
    public int Held { get; set; }

    /// <summary>Places for requests to it. If their number changes, requests that are under way belong to the old ones. For whoever holds the gate of the delivery.</summary>
    /// <param name="atOnce">Requests at once.</param>
    public SemaphoreSlim Slots(int atOnce)
    {
        if (_atOnce != atOnce)
            _slots = new SemaphoreSlim(_atOnce = atOnce);
        return _slots;
    }
}
