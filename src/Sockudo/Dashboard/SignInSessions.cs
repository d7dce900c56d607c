using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Dashboard;

/// <summary>Who has signed in: random numbers in browsers' cookies, of which this side keeps the hashes. Forgotten with the process. Safe from any thread.</summary>
internal sealed class SignInSessions(TimeProvider time)
{
    /// <summary>From signing in to having to do so again.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private const int MaxSessions = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _expiries = new(StringComparer.Ordinal);

    /// <summary>Somebody has signed in; what his browser is to show from now on.</summary>
    public string Begin()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var (expired, _) in _expiries.Where(session => session.Value <= now).ToList())
                _expiries.Remove(expired);
            if (_expiries.Count >= MaxSessions)
                _expiries.Remove(_expiries.MinBy(static session => session.Value).Key);
            _expiries[Hash(id)] = now + Life;
        }

        return id;
    }

    /// <summary>Whether a browser that shows this has signed in.</summary>
    public bool IsValid(string id)
    {
        lock (_gate)
            return _expiries.TryGetValue(Hash(id), out var expiry) && time.GetUtcNow() < expiry;
    }

    /// <summary>He has signed out.</summary>
    public void End(string id)
    {
        lock (_gate)
            _expiries.Remove(Hash(id));
    }

    private static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
