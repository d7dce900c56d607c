using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Specification;

/// <summary>An app of <c>apps.json</c>: every feature that the specifications need switched on or limited somewhere.</summary>
/// <param name="Id">Its id; key and secret follow from it.</param>
public sealed record TestApp(string Id)
{
    /// <summary>Nothing special.</summary>
    public static readonly TestApp Plain = new("plain");

    /// <summary>Client events on.</summary>
    public static readonly TestApp Chatty = new("chatty");

    /// <summary>Subscription counts on.</summary>
    public static readonly TestApp Counting = new("counting");

    /// <summary>Watchlists on.</summary>
    public static readonly TestApp Watching = new("watching");

    /// <summary>Connections must authorise.</summary>
    public static readonly TestApp Guarded = new("guarded");

    /// <summary>Switched off.</summary>
    public static readonly TestApp Disabled = new("disabled");

    /// <summary>TLS required.</summary>
    public static readonly TestApp Tls = new("tls");

    /// <summary>Origins restricted to <c>https://example.com</c> and <c>*.example.org</c>.</summary>
    public static readonly TestApp Origins = new("origins");

    /// <summary>TLS required, origins restricted to <c>https://example.com</c>, one connection at most.</summary>
    public static readonly TestApp Fortress = new("fortress");

    /// <summary>Connections must authorise, and one that has is enough.</summary>
    public static readonly TestApp Gated = new("gated");

    /// <summary>Two connections at most.</summary>
    public static readonly TestApp Quota = new("quota");

    /// <summary>Small limits everywhere.</summary>
    public static readonly TestApp Small = new("small");

    /// <summary>Client events on, neither their rate nor the members of a channel limited.</summary>
    public static readonly TestApp Busy = new("busy");

    /// <summary>Sign-in switched off.</summary>
    public static readonly TestApp NoSignIn = new("nosignin");

    /// <summary>Two events and two reads per second.</summary>
    public static readonly TestApp Rated = new("rated");

    public string Key => Id + "-Key";

    /// <summary>Its secret; another one makes a forger.</summary>
    public string Secret { get; init; } = Id + "-secret";

    /// <summary><c>key:signature</c> for a subscription.</summary>
    public string Authorize(string socketId, string channel, string? channelData = null) =>
        $"{Key}:{Sign(channelData is null ? $"{socketId}:{channel}" : $"{socketId}:{channel}:{channelData}")}";

    /// <summary><c>key:signature</c> for a sign-in.</summary>
    public string AuthorizeUser(string socketId, string userData) => $"{Key}:{Sign($"{socketId}::user::{userData}")}";

    /// <summary>HMAC of a text under the secret, in lower-case hex.</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));
}
