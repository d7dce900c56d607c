using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Options;

public class SockudoOptionsTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("ws", "/ws")]
    [InlineData("/ws/deep/", "/ws/deep")]
    public void The_path_prefix_is_normal_however_it_is_written(string written, string prefix) =>
        Assert.Equal(prefix, new SockudoOptions { PathPrefix = written }.PathPrefix);
}
