using Xunit;

namespace Sockudo.Protocol.Tests;

public class SocketIdTests
{
    [Fact]
    public void C13_Ids_are_well_formed_and_differ()
    {
        var ids = Enumerable.Range(0, 10_000).Select(static _ => SocketId.Create()).ToHashSet();
        Assert.Equal(10_000, ids.Count);
        Assert.All(ids, static id => Assert.True(SocketId.IsWellFormed(id)));
    }

    [Theory]
    [InlineData("1.2", true)]
    [InlineData("1", false)]
    [InlineData(".2", false)]
    [InlineData("1.", false)]
    [InlineData("1.2.3", false)]
    [InlineData("a.2", false)]
    [InlineData("", false)]
    [InlineData("1.2\n", false)]
    [InlineData("１.2", false)]
    public void T5_The_form_is_digits_dot_digits(string id, bool isWellFormed) => Assert.Equal(isWellFormed, SocketId.IsWellFormed(id));
}
