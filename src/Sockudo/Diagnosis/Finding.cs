namespace Sockudo.Diagnosis;

/// <summary>What one check has found.</summary>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Check">What was looked at, in a few words; the same in every run.</param>
/// <param name="Seen">What was found, with the value; no secrets.</param>
/// <param name="Advice">What to change; null if nothing.</param>
internal sealed record Finding(Verdict Verdict, string Check, string Seen, string? Advice = null)
{
    /// <summary>As it should be.</summary>
    public static Finding Ok(string check, string seen) => new(Verdict.Ok, check, seen);

    /// <summary>It works, and somebody should know.</summary>
    public static Finding Warning(string check, string seen, string? advice) => new(Verdict.Warning, check, seen, advice);

    /// <summary>It does not work.</summary>
    public static Finding Problem(string check, string seen, string? advice = null) => new(Verdict.Problem, check, seen, advice);
}
