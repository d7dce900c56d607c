using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests;

/// <summary>The MariaDB server of all tests that leave it running.</summary>
public sealed class MariaDb() : LazyServer<MariaDbServer>(MariaDbServer.StartAsync);
