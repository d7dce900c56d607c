using Amazon.SQS;
using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Stores.Tests.Sqs.Emulator))]

namespace Sockudo.Stores.Tests.Sqs;

/// <summary>The SQS emulator of all tests. It looks at no credentials, but the SDK wants some.</summary>
public sealed class Emulator : LazyServer<SqsEmulator>
{
    public Emulator()
        : base(SqsEmulator.StartAsync)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "id");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret");
    }

    /// <summary>A queue for jobs that were given up, of the caller's own.</summary>
    public async Task<string> DeadAsync()
    {
        using var client = new AmazonSQSClient(new AmazonSQSConfig { ServiceURL = (await GetAsync()).Url, AuthenticationRegion = "us-east-1" });
        return (await client.CreateQueueAsync("dead-" + Guid.NewGuid().ToString("N"))).QueueUrl;
    }
}
