using System.Text.Json.Serialization;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load;

/// <summary>JSON output of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FanOutResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
