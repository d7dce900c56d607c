using System.Text.Json;
using Sockudo.Server.Http;
using Xunit;

namespace Sockudo.Server.Tests.Http;

/// <summary>The document and the routes say the same; what stands in it is tested against answers in test/automated.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonElement Paths = JsonDocument.Parse(OpenApiDocument.Answer.Body).RootElement.GetProperty("paths");

    [Fact]
    public void Every_path_of_the_document_is_a_route_with_its_method()
    {
        foreach (var path in Paths.EnumerateObject())
        {
            var route = Route.Match(path.Name.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), "");
            Assert.Equal(path.Name, route.Template);
            Assert.Equal(route.Method, Assert.Single(path.Value.EnumerateObject()).Name.ToUpperInvariant());
        }
    }

    [Fact]
    public void Every_route_is_in_the_document()
    {
        var documented = Paths.EnumerateObject().Select(static path => Route.Match(path.Name, "").Endpoint);
        Assert.Equal(Enum.GetValues<Endpoint>().Where(static endpoint => endpoint != Endpoint.None), documented.Order());
    }
}
