using System.Text.Json.Serialization;

namespace Sockudo.Dashboard.Documents;

/// <summary>Writes the documents of the admin API as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(OverviewDocument))]
[JsonSerializable(typeof(AppListDocument))]
[JsonSerializable(typeof(AppDocument))]
[JsonSerializable(typeof(ChannelListDocument))]
[JsonSerializable(typeof(OccupiedChannelDocument))]
[JsonSerializable(typeof(MemberListDocument))]
[JsonSerializable(typeof(ConnectionListDocument))]
[JsonSerializable(typeof(ConnectionDocument))]
[JsonSerializable(typeof(NameListDocument))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(DroppedDocument))]
[JsonSerializable(typeof(WebhooksDocument))]
[JsonSerializable(typeof(DeadLetterListDocument))]
[JsonSerializable(typeof(CountDocument))]
[JsonSerializable(typeof(ClusterDocument))]
internal sealed partial class AdminJson : JsonSerializerContext;
