using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sockudo.Specification;

/// <summary>Signed requests to the HTTP API, with the target exactly as the test wrote it.</summary>
public sealed class PusherHttp(ServerUnderTest server, TestApp app)
{
    /// <summary>Path of an endpoint of the app.</summary>
    public string Path(string rest) => $"{server.Prefix}/apps/{app.Id}{rest}";

    public Task<HttpAnswer> GetAsync(string rest, params (string Name, string Value)[] query) => SendAsync("GET", Path(rest), "", query);

    public Task<HttpAnswer> PostAsync(string rest, string body, params (string Name, string Value)[] query) => SendAsync("POST", Path(rest), body, query);

    /// <summary>Publishes one event; the answer must be 200.</summary>
    public async Task PublishAsync(string channel, string name, string data, string? socketId = null)
    {
        var body = new JsonObject { ["name"] = name, ["data"] = data, ["channels"] = new JsonArray(channel) };
        if (socketId is not null)
            body["socket_id"] = socketId;
        (await PostAsync("/events", body.ToJsonString())).Expect(200);
    }

    /// <summary>A correctly signed request.</summary>
    public Task<HttpAnswer> SendAsync(string method, string path, string body, params (string Name, string Value)[] query) =>
        SendRawAsync(method, $"{path}?{Sign(method, path, body, query)}", body);

    /// <summary>The signed query of a request; values are percent-encoded on the wire and signed as they are (A-1).</summary>
    public string Sign(string method, string path, string body, params (string Name, string Value)[] query)
    {
        var parameters = new List<(string Name, string Value)>(query)
        {
            ("auth_key", app.Key),
            ("auth_timestamp", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("auth_version", "1.0"),
        };
        if (body.Length > 0)
        {
#pragma warning disable CA5351 // The protocol's own.
            parameters.Add(("body_md5", Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)))));
#pragma warning restore CA5351
        }

        parameters.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        var signature = app.Sign($"{method}\n{path}\n{string.Join('&', parameters.Select(static p => $"{p.Name}={p.Value}"))}");
        return string.Join('&', parameters.Select(static p => $"{p.Name}={Uri.EscapeDataString(p.Value)}")) + "&auth_signature=" + signature;
    }

    /// <summary>Any request, sent as it is.</summary>
    public async Task<HttpAnswer> SendRawAsync(string method, string target, string body = "", params string[] headers)
    {
        // A question, and a publish that is answered with numbers, are about the state of the cluster.
        var isPublish = method == "POST" && target.Contains("events", StringComparison.Ordinal) && !body.Contains("\"info\"", StringComparison.Ordinal);
        await server.SettleAsync(actor: null, isPublish);
        var address = server.Pick();
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"{method} {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n"
            + (bytes.Length > 0 || method == "POST" ? $"Content-Length: {bytes.Length}\r\n" : "")
            + string.Concat(headers.Select(static header => header + "\r\n")) + "\r\n";
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        using var timeout = new CancellationTokenSource(RawWebSocket.Patience);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. bytes], timeout.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, timeout.Token);
        server.Acted(actor: null, isPublish);
        return HttpAnswer.Parse(answer.ToArray());
    }
}
