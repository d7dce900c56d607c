using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.MySql;

/// <inheritdoc/>
[Collection(nameof(MySqlBackedServer))]
public sealed class MySqlHttpApiTests(MySqlBackedServer fixture) : HttpApiSpec(fixture.Server);
