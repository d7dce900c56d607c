using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Hosting;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Hosting;

/// <summary>The server inside somebody else's ASP.NET Core application.</summary>
public class EmbeddingTests
{
    private static readonly SockudoOptions Options = new()
    {
        PathPrefix = "/realtime",
        AppManager = new() { Array = new() { Apps = [new App { Id = "app", Key = "key", Secret = "secret" }] } },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ordinary_upgrade_and_the_fast_path_both_work(bool fastPath)
    {
        await using var application = await StartAsync(endpoint =>
        {
            if (fastPath)
                endpoint.UseSockudo();
        });
        var address = AddressOf(application);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/realtime/app/key?protocol=7"), TestContext.Current.CancellationToken);
        Assert.Contains("pusher:connection_established", await ReceiveAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, """{"event":"pusher:subscribe","data":{"channel":"a"}}""");
        Assert.Contains("subscription_succeeded", await ReceiveAsync(socket), StringComparison.Ordinal);

        using var http = new HttpClient();
        Assert.Equal("OK", await http.GetStringAsync(new Uri(address, "/realtime/up"), TestContext.Current.CancellationToken));
        Assert.Equal("mine", await http.GetStringAsync(new Uri(address, "/own"), TestContext.Current.CancellationToken));
        var unauthorized = await http.GetAsync(new Uri(address, "/realtime/apps/app/channels"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);

        // Stopping the application sends the clients away with 4200.
        var stopping = application.StopAsync(TestContext.Current.CancellationToken);
        Assert.Contains("4200", await ReceiveAsync(socket), StringComparison.Ordinal);
        await socket.ReceiveAsync(new byte[200], TestContext.Current.CancellationToken);
        Assert.Equal(4200, (int?)socket.CloseStatus);
        await socket.CloseOutputAsync(socket.CloseStatus!.Value, null, TestContext.Current.CancellationToken);
        await stopping;
    }

    [Fact]
    public async Task HTTP_2_extended_CONNECT_works()
    {
        await using var application = await StartAsync(static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        await socket.ConnectAsync(new Uri($"ws://{AddressOf(application).Authority}/realtime/app/key?protocol=7"), invoker, TestContext.Current.CancellationToken);
        Assert.Contains("pusher:connection_established", await ReceiveAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, """{"event":"pusher:ping"}""");
        Assert.Contains("pusher:pong", await ReceiveAsync(socket), StringComparison.Ordinal);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }

    private static async Task<WebApplication> StartAsync(Action<ListenOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, configure));
        builder.Services.AddSockudo(Options);
        var application = builder.Build();
        application.MapSockudo();
        application.MapGet("/own", static context => context.Response.WriteAsync("mine"));
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    private static Uri AddressOf(WebApplication application) =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var result = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
