using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.MySql;

/// <inheritdoc/>
[Collection(nameof(MySqlBackedServer))]
public sealed class MySqlConnectionTests(MySqlBackedServer fixture) : ConnectionSpec(fixture.Server);
