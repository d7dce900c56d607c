namespace Sockudo.Server.Options;

/// <summary>Section <c>database.dynamodb</c> of the configuration.</summary>
public sealed record DatabaseDynamodbOptions
{
    /// <summary>Region; default <c>AWS_REGION</c>, else <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Table of the apps.</summary>
    public string TableName { get; init; } = "sockudo-applications";

    /// <summary>Endpoint of a local stack.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Static credentials; only together with the secret key.</summary>
    public string? AwsAccessKeyId { get; init; }

    /// <summary>Static credentials; only together with the key id.</summary>
    public string? AwsSecretAccessKey { get; init; }

    /// <summary>Session token of temporary credentials.</summary>
    public string? AwsSessionToken { get; init; }

    /// <summary>Profile of the shared AWS configuration.</summary>
    public string? AwsProfileName { get; init; }
}
