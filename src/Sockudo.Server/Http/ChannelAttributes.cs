namespace Sockudo.Server.Http;

/// <summary>What <c>info</c> asks for.</summary>
[Flags]
internal enum ChannelAttributes
{
    None = 0,
    UserCount = 1,
    SubscriptionCount = 2,
    Cache = 4,
}
