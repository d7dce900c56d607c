using System.Buffers;

namespace Sockudo.Nats;

/// <summary>Takes the messages of a connection, one at a time. Must not throw, and must not keep the bytes.</summary>
internal delegate void TopicReceiver(string topic, ReadOnlySequence<byte> message);
