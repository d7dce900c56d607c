using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Backends;

/// <summary>What operators read.</summary>
public sealed class BackendExceptionTests
{
    [Fact]
    public void What_a_server_has_sent_does_nothing_to_a_terminal() =>
        Assert.Equal("x: \\u0000\\u001b[2J\\u0085é\\u000d\nCREATE", new BackendException("x: \0\e[2J\u0085é\r\nCREATE").Message);
}
