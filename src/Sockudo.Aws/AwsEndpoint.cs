using Amazon;
using Amazon.Runtime;

namespace Sockudo.Aws;

/// <summary>Where a service of AWS is.</summary>
internal static class AwsEndpoint
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>The region that the configuration names, else <c>AWS_REGION</c>, else <c>us-east-1</c>.</summary>
    public static string RegionOf(string? configured) => configured ?? Environment.GetEnvironmentVariable("AWS_REGION") ?? DefaultRegion;

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
