namespace Sockudo.Diagnosis;

/// <summary>What a check has come to.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, and somebody should know.</summary>
    Warning,

    /// <summary>It does not work, or will not when it matters.</summary>
    Problem,
}
