using System.Text;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The examples of the Redis Cluster specification, and what a server answers to <c>CLUSTER KEYSLOT</c>.</summary>
public sealed class HashSlotTests
{
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("", 0)]
    public void A_name_has_the_slot_of_the_specification(string name, int slot) => Assert.Equal(slot, HashSlot.Of(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("foo{bar}{zap}", "bar")]
    [InlineData("foo{{bar}}zap", "{bar")]
    public void Only_the_tag_counts(string name, string tag) => Assert.Equal(HashSlot.Of(Encoding.UTF8.GetBytes(tag)), HashSlot.Of(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void An_empty_tag_is_none() => Assert.NotEqual(HashSlot.Of("foo{bar}"u8), HashSlot.Of("foo{}{bar}"u8));
}
