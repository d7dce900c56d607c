namespace Sockudo.Server.Apps;

/// <summary>An AWS Lambda function.</summary>
/// <param name="FunctionName">Name, <c>name:qualifier</c> or ARN.</param>
/// <param name="Region">AWS region.</param>
public sealed record LambdaTarget(string FunctionName, string Region);
