namespace Sockudo.Server.Connections;

/// <summary>The life of a connection; it only ever moves forward.</summary>
internal enum ConnectionPhase : byte
{
    /// <summary>Messages go both ways.</summary>
    Open,

    /// <summary>A close frame is queued or sent; nothing is sent behind it.</summary>
    Closing,

    /// <summary>The transport has ended or was cut off.</summary>
    Closed,
}
