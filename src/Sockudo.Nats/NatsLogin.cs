using NATS.Client.Core;
using NATS.NKeys;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Nats;

/// <summary>
/// Who this node is to the servers. Exactly one of the ways is used, the first of these that is configured: user info of the server's URL, credentials
/// file, NKey, user and password, token. The file is read for each connection, so that it can be renewed under a running server.
/// </summary>
internal static class NatsLogin
{
    private const string JwtMark = "BEGIN NATS USER JWT";
    private const string SeedMark = "BEGIN USER NKEY SEED";

    /// <exception cref="BackendException">The configured file or seed cannot be used.</exception>
    public static NatsAuthOpts For(NatsServerAddress server, AdapterNatsOptions options)
    {
        if (server.Login is not null)
            return server.Login;
        if (!string.IsNullOrEmpty(options.CredentialsFile))
            return FromFile(options.CredentialsFile);
        if (!string.IsNullOrEmpty(options.NkeySeed))
        {
            var seed = options.NkeySeed.Trim();
            return new NatsAuthOpts { NKey = PublicKeyOf(seed, "adapter.nats.nkey_seed"), Seed = seed };
        }

        if (!string.IsNullOrEmpty(options.Username))
            return new NatsAuthOpts { Username = options.Username, Password = options.Password };
        return string.IsNullOrEmpty(options.Token) ? NatsAuthOpts.Default : new NatsAuthOpts { Token = options.Token };
    }

    private static NatsAuthOpts FromFile(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BackendException($"NATS cannot be used: adapter.nats.credentials_file cannot be read: {exception.Message}", isPermanent: true, exception);
        }

        var (jwt, seed) = (After(lines, JwtMark), After(lines, SeedMark));
        if (jwt is null || seed is null)
            throw new BackendException($"NATS cannot be used: adapter.nats.credentials_file ({path}) has no user JWT and seed", isPermanent: true);
        _ = PublicKeyOf(seed, $"the seed in adapter.nats.credentials_file ({path})");
        return new NatsAuthOpts { Jwt = jwt, Seed = seed };
    }

    private static string? After(string[] lines, string mark) =>
        lines.SkipWhile(line => !line.Contains(mark, StringComparison.Ordinal)).Skip(1).Select(static line => line.Trim()).FirstOrDefault(static line => line.Length > 0);

    private static string PublicKeyOf(string seed, string what)
    {
        try
        {
            using var pair = KeyPair.FromSeed(seed);
            var key = pair.GetPublicKey();
            return key[0] == 'U' ? key : throw new BackendException($"NATS cannot be used: {what} is not the seed of a user", isPermanent: true);
        }
        catch (NKeysException exception)
        {
            throw new BackendException($"NATS cannot be used: {what} is not a seed: {exception.Message}", isPermanent: true, exception);
        }
    }
}
