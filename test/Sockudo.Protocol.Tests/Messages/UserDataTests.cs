using Sockudo.Protocol.Messages;
using Xunit;

namespace Sockudo.Protocol.Tests.Messages;

public class UserDataTests
{
    [Fact]
    public void WL4_WL5_The_watchlist_has_distinct_strings_and_at_most_100_of_them()
    {
        var user = UserData.Parse("""{"id":"a","watchlist":["b",7,"b",null,"c"]}""", out _)!;
        Assert.Equal(["b", "c"], user.Watchlist);
        Assert.False(user.WatchlistWasCut);
        var ids = string.Join(',', Enumerable.Range(0, 101).Select(static id => $"\"{id}\""));
        var many = UserData.Parse($"{{\"id\":\"a\",\"watchlist\":[{ids}]}}", out _)!;
        Assert.Equal(100, many.Watchlist.Count);
        Assert.True(many.WatchlistWasCut);
    }

    [Theory]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":"a","watchlist":{}}""")]
    [InlineData("""{"id":"a","user_info":[]}""")]
    [InlineData("""["id"]""")]
    public void U2_WL5_Bad_user_data_is_refused_with_an_error(string userData)
    {
        Assert.Null(UserData.Parse(userData, out var error));
        Assert.NotNull(error);
    }
}
