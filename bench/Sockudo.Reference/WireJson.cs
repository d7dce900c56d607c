using System.Text.Json.Serialization;

namespace Sockudo.Reference;

/// <summary>The messages as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishRequest))]
[JsonSerializable(typeof(WireMessage))]
[JsonSerializable(typeof(SubscribeMessage))]
internal sealed partial class WireJson : JsonSerializerContext;
