using Sockudo.Reference;

var isHashOnly = args.Contains("--hash-only");
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");

var app = builder.Build();
if (isHashOnly)
{
    app.Run(HashEndpoint.HandleAsync);
}
else
{
    app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
    app.Run(new Server().HandleAsync);
}

await app.StartAsync().ConfigureAwait(false);
Console.Out.WriteLine($"addresses={app.Urls.First()}");
await app.WaitForShutdownAsync().ConfigureAwait(false);
