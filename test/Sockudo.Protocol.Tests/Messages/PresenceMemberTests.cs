using System.Text;
using Sockudo.Protocol.Messages;
using Xunit;

namespace Sockudo.Protocol.Tests.Messages;

public class PresenceMemberTests
{
    [Theory]
    [InlineData("""{"user_id":"abc"}""", "abc", false)]
    [InlineData("""{"user_id":10}""", "10", true)]
    [InlineData("""{"user_id":1e1}""", "10", true)]
    [InlineData("""{"user_id":10.0}""", "10", true)]
    [InlineData("""{"user_id":100E-1}""", "10", true)]
    [InlineData("""{"user_id":1.00000000000000000000000000}""", "1", true)]
    [InlineData("""{"user_id":-0}""", "0", true)]
    [InlineData("""{"user_id":-9007199254740992}""", "-9007199254740992", true)]
    [InlineData("""{"other":1,"user_id":"a","user_info":null}""", "a", false)]
    public void P2_The_canonical_id_is_a_string(string channelData, string id, bool isNumeric)
    {
        var member = PresenceMember.Parse(channelData, out var error);
        Assert.Null(error);
        Assert.Equal(id, member!.Id);
        Assert.Equal(isNumeric, member.IsNumericId);
        Assert.Null(member.Info);
    }

    [Theory]
    [InlineData("""{"user_id":1.5}""")]
    [InlineData("""{"user_id":1.00000000000000000000000001}""")]
    [InlineData("""{"user_id":1.000000000000000000000000000001}""")]
    [InlineData("""{"user_id":99999999999999999999999999999e-28}""")]
    [InlineData("""{"user_id":9007199254740992.0000000000001}""")]
    [InlineData("""{"user_id":1e-400}""")]
    [InlineData("""{"user_id":1e400}""")]
    [InlineData("""{"user_id":9007199254740993}""")]
    [InlineData("""{"user_id":""}""")]
    [InlineData("""{"user_id":"\ud800"}""")]
    [InlineData("""{"user_id":false}""")]
    [InlineData("""{"user_info":{}}""")]
    [InlineData("""{"user_id":"a","user_info":1}""")]
    [InlineData("nonsense")]
    public void P2_P3_P6_Everything_else_is_refused(string channelData)
    {
        Assert.Null(PresenceMember.Parse(channelData, out var error));
        Assert.NotNull(error);
        Assert.Null(error.Code);
    }

    [Fact]
    public void P3_P20_User_info_keeps_its_text_but_for_white_space()
    {
        var member = PresenceMember.Parse("""{"user_id":"a","user_info": { "z" : 1.0 , "a b" : [ "x y" , 1e5 ] } }""", out _);
        Assert.Equal("""{"z":1.0,"a b":["x y",1e5]}""", Encoding.UTF8.GetString(member!.Info!));
    }
}
