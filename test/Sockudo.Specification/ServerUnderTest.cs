namespace Sockudo.Specification;

/// <summary>A running server, or several that form a cluster, with the apps of <c>apps.json</c>.</summary>
/// <param name="Address">Base address, path prefix included, without trailing slash: <c>http://127.0.0.1:6001</c>.</param>
public sealed record ServerUnderTest(Uri Address)
{
    private readonly Quiet _quiet = new();

    /// <summary>The other nodes. Connections and requests are spread over all of them at random.</summary>
    public IReadOnlyList<Uri> Others { get; init; } = [];

    /// <summary>Tests wait until all nodes can have heard of what was done before. False for what must hold without.</summary>
    public bool Settles { get; init; } = true;

    /// <summary>Path prefix; empty for none.</summary>
    public string Prefix => Address.AbsolutePath.TrimEnd('/');

    /// <summary>Where the next connection or request goes.</summary>
    public Uri Pick() => Others.Count > 0 && Random.Shared.Next(Others.Count + 1) is > 0 and var other ? Others[other - 1] : Address;

    /// <summary>Path of an app's WebSocket.</summary>
    public string WebSocketPath(TestApp app, string query = "protocol=7&client=js&version=8.6.0&flash=false") =>
        $"{Prefix}/app/{app.Key}{(query.Length > 0 ? "?" + query : "")}";

    /// <summary>
    /// Something is about to be done for which it matters what has been done before, perhaps on another node: waits until all nodes can have heard of it. What one node
    /// does by itself, and that what is published comes in order, must hold without this.
    /// </summary>
    /// <param name="actor">Who is about to do it; what he did himself, he did on the same node.</param>
    /// <param name="isPublish">What was only published before does not matter.</param>
    public Task SettleAsync(object? actor, bool isPublish = false) => Settles && Others.Count > 0 ? _quiet.WaitAsync(actor, isPublish) : Task.CompletedTask;

    /// <summary>Something has been done that other nodes hear of a little later.</summary>
    /// <param name="actor">Who has done it; null for a request, which may go to any node.</param>
    /// <param name="isPublish">An event was published; nobody came or went.</param>
    public void Acted(object? actor, bool isPublish = false)
    {
        if (Others.Count > 0)
            _quiet.Acted(actor, isPublish);
    }

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string prefix) => $"{prefix}{Guid.NewGuid():N}";
}
