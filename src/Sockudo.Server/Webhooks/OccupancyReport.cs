namespace Sockudo.Server.Webhooks;

/// <summary>What webhooks were told of an <see cref="Occupancy"/>, as nodes tell each other.</summary>
/// <param name="IsThere">That it is there, or gone; null: two nodes that did not know of each other have told differently, so that nobody can say what was told last.</param>
/// <param name="Id">Which report that was; none: one of long ago, if any.</param>
/// <param name="After">The last one that the teller knew of; none: one of long ago, if any.</param>
internal readonly record struct OccupancyReport(bool? IsThere, ReportId Id = default, ReportId After = default);
