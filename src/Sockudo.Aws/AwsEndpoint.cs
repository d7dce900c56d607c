using Amazon;
using Amazon.Runtime;

namespace Sockudo.Aws;

/// <summary>Where a service of AWS is.</summary>
internal static class AwsEndpoint
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>The region that the configuration names, else <c>AWS_REGION</c>, else <c>us-east-1</c>.</summary>
    public static string RegionOf(string? configured) => configured ?? Environment.GetEnvironmentVariable("AWS_REGION") ?? DefaultRegion;

    /// <summary>What is shown of it: the endpoint without user, password and query, or the region.</summary>
    public static string Shown(string? endpointUrl, string region) =>
        endpointUrl is null ? region : new Uri(endpointUrl).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Lets a client talk to the region, or to an endpoint that takes its place.</summary>
    public static void Apply(ClientConfig configuration, string? endpointUrl, string region)
    {
        if (endpointUrl is null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            return;
        }

        configuration.ServiceURL = endpointUrl;
        configuration.AuthenticationRegion = region;
    }
}
