using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Sockudo.Protocol.Signatures;
using Xunit;

namespace Sockudo.Protocol.Tests.Signatures;

/// <summary>The vectors of the specification.</summary>
public class SignatureTests
{
    private const string Key = "278d425bdf160c739803";
    private const string Secret = "7ad3773142a6692b25b8";
    private static readonly SigningKey SigningKey = new(Secret);
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1353088179);

    [Theory]
    [InlineData("1234.1234:private-foobar", "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4")]
    [InlineData("1234.1234:private-encrypted-foobar", "e6a18892d037c5d5e76a2265df4f086ffc38631605530dfd214aa5bff495f533")]
    [InlineData("""1234.1234:private-foobar:{"x":1}""", "35884e908e059bfa19468fa6c616fa8c965fe9668613f9682f57fec3fe2fc1be")]
    [InlineData("""1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}""", "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80")]
    [InlineData("""1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Pusher"}}""", "afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c")]
    [InlineData("""1234.1234:presence-cache-a;b,c@d.e=f_g-h:{"user_id":"ü😀"}""", "93b5080abaf1464092c05d80123b0ae3c65ae79080a0d9b7d55ef2804d863e87")]
    [InlineData("""1234.1234::user::{"id":"12345"}""", "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba")]
    [InlineData("""{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"test_channel"}]}""", "709fdb84c03664445f7698120b0edf0acc1ab1c8c6e93a0368c61841d6b998aa")]
    public void Section_5_and_12_vectors(string text, string digest)
    {
        Assert.Equal(digest, Signature.Compute(Secret, Encoding.UTF8.GetBytes(text)));
        Assert.True(SigningKey.Verify(text, digest));
        Assert.False(SigningKey.Verify(text, digest.ToUpperInvariant()));
        Assert.False(SigningKey.Verify(text + " ", digest));
        Assert.False(SigningKey.Verify(text, digest.AsSpan(1)));
    }

    [Theory]
    [InlineData("POST", "/apps/3/events", "body_md5=ec365a775a4cd0599faeb73354201b6f",
        """{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}""", "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c")]
    [InlineData("GET", "/apps/3/channels", "filter_by_prefix=presence-&info=user_count,subscription_count", "", "ff97d40ab3fbbd15394386a29c12998c33635305357b2e2abd18dc67efe3f87d")]
    [InlineData("GET", "/apps/3/channels", "body_md5=d41d8cd98f00b204e9800998ecf8427e", "", "5c3cd75022c4f62c35ad22f6a9cce366c860477a3b7092ca790ecfc17e6af302")]
    [InlineData("POST", "/apps/3/users/12345/terminate_connections", "body_md5=99914b932bd37a50b983c5e7c90ae93b", "{}", "01fa634edeb0cae84115307cad5c23f65a46cd286461b1c89637a3b5871a8f0e")]
    [InlineData("GET", "/apps/3/channels/presence-foobar/users", "", "", "5567dd30e7f8575e66be615d2aac3f608a0c311c31ddab8513a278b022e9597e")]
    public void Section_14_1_vectors(string method, string path, string parameters, string body, string digest)
    {
        // in whatever order they stand on the wire.
        var query = RequestQuery.Parse($"auth_signature={digest}&{parameters}&auth_version=1.0&auth_timestamp=1353088179&auth_key={Key}".AsMemory());
        Assert.Null(RequestSignature.Check(method, path, "", query, Key, SigningKey, Then));
        Assert.Null(RequestSignature.CheckBody(query, Encoding.UTF8.GetBytes(body)));
        Assert.NotNull(RequestSignature.Check(method, path + "x", "", query, Key, SigningKey, Then));
        Assert.NotNull(RequestSignature.CheckBody(query, Encoding.UTF8.GetBytes(body + " ")));
        Assert.NotNull(RequestSignature.Check(method, path, "", query, Key, new SigningKey(Secret + "x"), Then));
    }

    [Theory]
    [InlineData("POST", "auth_key=key&auth_timestamp=1234&auth_version=1.0&go=here&query=params", "3b237953a5ba6619875cbb2a2d43e8da9ef5824e8a2c689f6284ac85bc1ea0db")]
    [InlineData("GET", "things%5B%5D=thing1&auth_version=1.0&things[]=thing2&auth_timestamp=1234&auth_key=key", "c95ec2d3172d755b2971286589392f5e0b7aba55b3054dc6aee3649b824cfde7")]
    public void Section_14_1_vectors_of_the_reference(string method, string query, string digest)
    {
        var text = StringToSign.Create(method, "/some/path", RequestQuery.Parse(query.AsMemory()), RequestQuery.FormDecode);
        Assert.Equal(digest, Signature.Compute("secret", Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData(599, true)]
    [InlineData(-599, true)]
    [InlineData(600, false)]
    [InlineData(-600, false)]
    public void A10_A_timestamp_of_exactly_600_s_is_too_old(int seconds, bool isFresh)
    {
        var timestamp = Then.AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var text = $"GET\n/a\nauth_key={Key}&auth_timestamp={timestamp}&auth_version=1.0";
        var query = RequestQuery.Parse($"auth_key={Key}&auth_timestamp={timestamp}&auth_version=1.0&auth_signature={Signature.Compute(Secret, Encoding.UTF8.GetBytes(text))}".AsMemory());
        Assert.Equal(isFresh, RequestSignature.Check("GET", "/a", "", query, Key, SigningKey, Then) is null);
    }

    [Theory]
    [InlineData("/ws/apps/3/channels")]
    [InlineData("/apps/3/channels")]
    public void A3_A_path_prefix_may_be_signed_or_not(string signedPath)
    {
        var text = $"GET\n{signedPath}\nauth_key={Key}&auth_timestamp=1353088179&auth_version=1.0";
        var query = RequestQuery.Parse($"auth_key={Key}&auth_timestamp=1353088179&auth_version=1.0&auth_signature={Signature.Compute(Secret, Encoding.UTF8.GetBytes(text))}".AsMemory());
        Assert.Null(RequestSignature.Check("GET", "/ws/apps/3/channels", "/ws", query, Key, SigningKey, Then));
    }

    [Theory]
    [InlineData("/users/a%2Fb", "/users/a%2Fb", true)]
    [InlineData("/users/a%2Fb", "/users/a/b", true)]
    [InlineData("/users/100%25", "/users/100%", true)]
    [InlineData("/users/a%252Fb", "/users/a%252Fb", true)]
    [InlineData("/users/a%252Fb", "/users/a%2Fb", false)]
    [InlineData("/users/a%25252Fb", "/users/a%252Fb", false)]
    [InlineData("/users/%2561", "/users/%61", false)]
    public void A3_A_path_is_signed_as_sent_or_decoded_and_opens_no_other_path(string path, string signedPath, bool isGenuine)
    {
        foreach (var prefix in new[] { "", "/ws" })
        {
            var text = $"GET\n{prefix}{signedPath}\nauth_key={Key}&auth_timestamp=1353088179&auth_version=1.0";
            var query = RequestQuery.Parse($"auth_key={Key}&auth_timestamp=1353088179&auth_version=1.0&auth_signature={Signature.Compute(Secret, Encoding.UTF8.GetBytes(text))}".AsMemory());
            Assert.Equal(isGenuine, RequestSignature.Check("GET", path, prefix, query, Key, SigningKey, Then) is null);
        }
    }

    [Property]
    public void A8_The_order_of_parameters_makes_no_difference(NonEmptyArray<NonNull<string>> values, int seed)
    {
        var pairs = values.Get.Select(static (value, index) => (Name: $"p{index}", Value: value.Get)).ToList();
        var signedText = StringToSign.Create("GET", "/x", Query(pairs), RequestQuery.FormDecode);
        var random = new Random(seed);
        var shuffled = pairs.OrderBy(_ => random.Next()).ToList();
        Assert.Equal(signedText, StringToSign.Create("GET", "/x", Query(shuffled), RequestQuery.FormDecode));

        static RequestQuery Query(List<(string Name, string Value)> pairs) =>
            RequestQuery.Parse(string.Join('&', pairs.Select(static pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}")).AsMemory());
    }
}
