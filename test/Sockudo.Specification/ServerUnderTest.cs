namespace Sockudo.Specification;

/// <summary>A running server with the apps of <c>apps.json</c>.</summary>
/// <param name="Address">Base address, path prefix included, without trailing slash: <c>http://127.0.0.1:6001</c>.</param>
public sealed record ServerUnderTest(Uri Address)
{
    /// <summary>Path prefix; empty for none.</summary>
    public string Prefix => Address.AbsolutePath.TrimEnd('/');

    /// <summary>Path of an app's WebSocket.</summary>
    public string WebSocketPath(TestApp app, string query = "protocol=7&client=js&version=8.6.0&flash=false") =>
        $"{Prefix}/app/{app.Key}{(query.Length > 0 ? "?" + query : "")}";

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string prefix) => $"{prefix}{Guid.NewGuid():N}";
}
