using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Sql;

/// <summary>Which server, as whom and which database: what the URL names wins over the single keys (configuration.md 3.6.1).</summary>
/// <param name="Host">Host without brackets.</param>
/// <param name="Port">Port.</param>
/// <param name="User">User.</param>
/// <param name="Password">Password; may be empty.</param>
/// <param name="Database">Database.</param>
internal sealed record SqlTarget(string Host, int Port, string User, string Password, string Database)
{
    /// <summary>The server and database without credentials.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Database}");

    /// <summary>Reads the options of a section.</summary>
    public static SqlTarget From(SqlOptions options)
    {
        if (options.Url is null)
            return new SqlTarget(options.Host, options.Port, options.Username, options.Password, options.Database);
        var url = new Uri(options.Url);
        var user = url.UserInfo.Split(':', 2);
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        return new SqlTarget(
            url.Host.Trim('[', ']'),
            url.IsDefaultPort || url.Port < 0 ? options.Port : url.Port,
            user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : options.Username,
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : options.Password,
            database.Length > 0 ? database : options.Database);
    }

    /// <summary>Checks the file of a certificate authority before a driver fails on it in its own words.</summary>
    /// <param name="path">The file; null if there is none.</param>
    /// <param name="key">The key that names it.</param>
    /// <exception cref="BackendException">It cannot be used; permanent.</exception>
    public static void CheckAuthority(string? path, string key)
    {
        if (path is null)
            return;
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            if (authorities.Count == 0)
                throw new CryptographicException("there is no certificate in it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new BackendException($"{path} cannot be used: {exception.Message} ({key})", isPermanent: true, exception);
        }
    }
}
