namespace Sockudo.Redis;

/// <summary>Is told what comes on a connection that subscribes. Calls are made one after another.</summary>
internal interface IRespReceiver
{
    /// <summary>The server says something unasked, or confirms a subscription.</summary>
    void OnPush(RespPush push);

    /// <summary>The server refuses a command that has no other answer: one to subscribe or to unsubscribe.</summary>
    void OnRefusal(string error);
}
