namespace Sockudo.Telemetry;

/// <summary>
/// Whether metrics and traces are exported by OTLP: what the standard variables of OpenTelemetry say, in the environment or in
/// <c>.env</c>. Nothing is exported unless one of them asks for it.
/// </summary>
internal sealed class OtlpSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string Metrics = "METRICS";
    private const string Traces = "TRACES";

    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>Reads the variables of a process and of its <c>.env</c>, over which the former win.</summary>
    /// <param name="environment">Variables of the process.</param>
    /// <param name="dotEnv">Those of <c>.env</c> that the process does not have; null for none.</param>
    public static OtlpSettings Read(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string>? dotEnv)
    {
        var all = environment.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in (dotEnv ?? new Dictionary<string, string>()).Where(static variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)))
        {
            all[name] = value;
            // The libraries of OpenTelemetry look nowhere else.
            Environment.SetEnvironmentVariable(name, value);
        }

        return new OtlpSettings(all);
    }

    /// <param name="environment">All variables.</param>
    public OtlpSettings(IReadOnlyDictionary<string, string> environment)
    {
        _environment = environment;
        if (Find("OTEL_SDK_DISABLED") is { } disabled && disabled.Equals("true", StringComparison.OrdinalIgnoreCase))
            return;
        HasMetrics = IsWanted(Metrics);
        HasTraces = IsWanted(Traces);
        if (!IsOn)
            return;
        foreach (var part in new[] { "", Metrics + "_", Traces + "_" })
        {
            CheckEndpoint($"{Prefix}{part}ENDPOINT");
            CheckProtocol($"{Prefix}{part}PROTOCOL");
        }
    }

    public bool HasMetrics { get; }

    public bool HasTraces { get; }

    /// <summary>Anything is exported.</summary>
    public bool IsOn => HasMetrics || HasTraces;

    /// <summary>Values that stop the start, each with its variable.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Values that are ignored.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>A value that holds for metrics alone, such as <c>ENDPOINT</c> or <c>HEADERS</c>; null if there is none.</summary>
    public string? OfMetrics(string name) => Find($"{Prefix}{Metrics}_{name}");

    /// <summary>A value that holds for traces alone.</summary>
    public string? OfTraces(string name) => Find($"{Prefix}{Traces}_{name}");

    // "otlp" is the default of the specification; here somebody must have said where to.
    private bool IsWanted(string signal)
    {
        var variable = $"OTEL_{signal}_EXPORTER";
        if (Find(variable) is not { } exporters)
            return Find($"{Prefix}ENDPOINT") is not null || Find($"{Prefix}{signal}_ENDPOINT") is not null;
        var names = exporters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var unknown in names.Where(static name => name is not ("otlp" or "none")))
            _warnings.Add($"{variable}: the exporter \"{unknown}\" is not known here and ignored; use otlp or none");
        return names.Contains("otlp");
    }

    // Without the value: it may have credentials in it.
    private void CheckEndpoint(string variable)
    {
        if (Find(variable) is { } value && !(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            _errors.Add($"{variable} is no http or https URL; write for example http://localhost:4318");
    }

    private void CheckProtocol(string variable)
    {
        if (Find(variable) is { } value && !Protocols.Contains(value))
            _errors.Add($"{variable} = \"{value}\": unknown protocol; use {string.Join(" or ", Protocols)}");
    }

    private string? Find(string variable) => _environment.GetValueOrDefault(variable) is { Length: > 0 } value ? value : null;
}
