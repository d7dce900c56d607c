using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests;

/// <summary>The PostgreSQL server of all tests that leave it running.</summary>
public sealed class Postgres() : LazyServer<PostgreSqlServer>(PostgreSqlServer.StartAsync);
