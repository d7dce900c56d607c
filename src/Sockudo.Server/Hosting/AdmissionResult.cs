using System.Diagnostics.CodeAnalysis;
using Sockudo.Protocol;
using Sockudo.Server.Apps;
using Sockudo.Server.Limits;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Hosting;

/// <summary>What <see cref="Admission"/> has decided.</summary>
/// <param name="Scope">The app of a connection that may stay, else null.</param>
/// <param name="Key">The key by which the app was asked for.</param>
/// <param name="CountsAgainstQuota">A place of the app's quota is taken.</param>
/// <param name="Refusal">What the client is told before it is closed; null if it may stay.</param>
/// <param name="Rate">State of the connect limit, for the headers of the 101.</param>
internal sealed record AdmissionResult(AppScope? Scope, string Key, bool CountsAgainstQuota, PusherError? Refusal, RateLimitDecision Rate)
{
    /// <summary>Where the connection comes from; null if that is not to be kept.</summary>
    public RemoteClient? Client { get; init; }

    [MemberNotNullWhen(true, nameof(Scope))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAdmitted => Refusal is null;
}
