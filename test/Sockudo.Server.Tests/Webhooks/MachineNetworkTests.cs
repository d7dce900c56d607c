using System.Net;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <summary>Which addresses no webhook goes to, in all their spellings.</summary>
public sealed class MachineNetworkTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::a9fe:a9fe")]
    [InlineData("64:ff9b:1:a9fe:a9:fe00::")]
    [InlineData("64:ff9b:1:ffa9:fe:a9fe::")]
    [InlineData("64:ff9b:1:ffff:a9:fea9:fe00:0")]
    [InlineData("64:ff9b:1:ffff:ffff:ffff:a9fe:a9fe")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("2001::5601:5601")]
    [InlineData("2001:0:4136:e378:8000:63bf:5601:5601")]
    [InlineData("fd00::5efe:169.254.169.254")]
    [InlineData("2001:db8::200:5efe:169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("fe80::1")]
    [InlineData("febf::1%1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd00:ec2::23")]
    [InlineData("fd20:ce::254")]
    [InlineData("fd00:42::42")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    public void Link_local_addresses_and_metadata_services_are_of_it(string address) => Assert.True(MachineNetwork.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    [InlineData("169.253.255.255")]
    [InlineData("2001:db8::169.254.169.254")]
    [InlineData("64:ff9b:1::203.0.113.1")]
    [InlineData("64:ff9b:1:cb00:71:100::")]
    [InlineData("::ffff:0:203.0.113.1")]
    [InlineData("2001::169.254.169.254")]
    [InlineData("fd00::5efe:10.0.0.1")]
    [InlineData("fd00:42::43")]
    public void Private_networks_and_this_machine_are_where_receivers_are(string address) => Assert.False(MachineNetwork.Contains(IPAddress.Parse(address)));
}
