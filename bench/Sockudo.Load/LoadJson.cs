using System.Text.Json.Serialization;
using Sockudo.Load.Reports;

namespace Sockudo.Load;

/// <summary>JSON output of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(List<Comparison>))]
internal sealed partial class LoadJson : JsonSerializerContext;
