using System.Security.Cryptography;
using System.Text;
using Sockudo.Protocol.Signatures;
using Xunit;

namespace Sockudo.Protocol.Tests.Signatures;

public sealed class SigningKeyRotationTests
{
    [Fact]
    public void Both_secrets_are_valid_while_one_replaces_the_other()
    {
        var key = new SigningKey("new", "old");
        Assert.True(key.Verify("message", Sign("new")));
        Assert.True(key.Verify("message", Sign("old")));
        Assert.False(key.Verify("message", Sign("older")));
        Assert.False(key.Verify("message", Sign("")));
    }

    [Fact]
    public void Without_a_previous_secret_only_one_is_valid()
    {
        Assert.False(new SigningKey("new").Verify("message", Sign("old")));
        // An empty one is none: nobody may sign with it.
        Assert.False(new SigningKey("new", "").Verify("message", Sign("")));
    }

    private static string Sign(string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes("message")));
}
