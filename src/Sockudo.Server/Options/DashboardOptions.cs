namespace Sockudo.Server.Options;

/// <summary>Section <c>dashboard</c> of the configuration.</summary>
public sealed record DashboardOptions
{
    /// <summary>Listener of its own with the dashboard and the admin API.</summary>
    public bool Enabled { get; init; }

    /// <summary>Address of the dashboard, as <c>host</c>; without password and token a loopback address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of the dashboard; 0 = a free port, printed at start.</summary>
    public int Port { get; init; } = 9602;

    /// <summary>For people: what they sign in with. At least 8 characters.</summary>
    public string? Password { get; init; }

    /// <summary>For programs: what they send as <c>Authorization: Bearer</c>. At least 16 characters.</summary>
    public string? Token { get; init; }

    /// <summary>Ids of the apps whose event data, <c>user_info</c> and webhook bodies may be shown.</summary>
    public IReadOnlyList<string> ShowPayloads { get; init; } = [];
}
