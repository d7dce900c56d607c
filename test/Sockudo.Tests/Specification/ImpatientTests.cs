using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class ImpatientTests : ImpatientSpec
{
    public ImpatientTests(ImpatientServer fixture)
        : base(fixture.Server) =>
        Assert.SkipWhen(MainServer.IsElsewhere, "needs a server with options of its own");
}
