using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>The certificate of the node with TLS is broken, then renewed; it is told each time.</summary>
internal sealed class CertificateReload : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Name => "certificate";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (scene.TakeNode(static node => node.Certificate is not null) is not { } node)
            return null;
        return async () =>
        {
            scene.Say($"certificate of {node.Name}: broken, then renewed");
            var old = await ThumbprintAsync(node);
            await File.WriteAllTextAsync(node.Certificate!.CertificatePath, "-----BEGIN CERTIFICATE-----\nbroken\n");
            node.Reload();
            await Task.Delay(TimeSpan.FromSeconds(1));
            await ExpectAsync(scene, node, old);
            var renewed = node.Certificate.Write();
            node.Reload();
            await ExpectAsync(scene, node, renewed);
        };
    }

    private static Task ExpectAsync(Scene scene, ChaosNode node, string? thumbprint) => scene.Checker.ExpectAsync("certificate", Patience, async () =>
        await ThumbprintAsync(node) is var seen && seen == thumbprint ? null : ($"{node.Name} shows {thumbprint}", seen ?? "no handshake"));

    private static async Task<string?> ThumbprintAsync(ChaosNode node)
    {
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(node.Address.Host, node.Address.Port);
            await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync("localhost");
            return tls.RemoteCertificate is X509Certificate2 certificate ? certificate.Thumbprint : null;
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            return null;
        }
    }
}
