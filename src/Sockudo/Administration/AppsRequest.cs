using Sockudo.Server.Apps;

namespace Sockudo.Administration;

/// <summary>One call of <c>sockudo apps</c>.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Id">Of which app; empty for all.</param>
/// <param name="Fields">Fields that are given, as they were written; null = to be cleared.</param>
/// <param name="IsJson">Print JSON.</param>
/// <param name="ShowSecrets">Print secrets.</param>
/// <param name="IsFinish">For <see cref="AppsVerb.RotateSecret"/>: the old secret ends.</param>
internal sealed record AppsRequest(AppsVerb Verb, string Id, AppRecord Fields, bool IsJson, bool ShowSecrets, bool IsFinish);
