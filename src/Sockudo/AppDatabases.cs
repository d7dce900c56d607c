using Microsoft.Extensions.Logging;
using Sockudo.Aws;
using Sockudo.Configuration;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Sql;

namespace Sockudo;

/// <summary>The database that <c>app_manager.driver</c> names, and what is written to it at start.</summary>
internal static class AppDatabases
{
    /// <summary>The database, not started; null if the apps stand in the configuration.</summary>
    /// <exception cref="BackendException">What the configuration says of certificates cannot be used.</exception>
    public static IAppDatabase? Create(SockudoOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("sockudo.apps");
        var database = options.Database;
        // Nobody waits less for a lock than for a server.
        var table = new SqlTableSettings(
            options.AppManager.AutoMigrate, TimeSpan.FromSeconds(Math.Max(options.StartupTimeout, 1)), field => AppRecords.ValueInForce(field, options));
        return options.AppManager.Driver switch
        {
            AppManagerDriver.Sqlite => SqlDatabases.CreateSqlite(database.Sqlite, table, time, logger),
            AppManagerDriver.MySql => SqlDatabases.CreateMySql(database.Mysql, options.DatabasePooling, table, logger),
            AppManagerDriver.PostgreSql => SqlDatabases.CreatePostgreSql(database.Postgres, options.DatabasePooling, table, time, logger),
            AppManagerDriver.DynamoDb => new DynamoAppDatabase(database.Dynamodb, options.AppManager.AutoMigrate, time, logger),
            _ => null,
        };
    }

    /// <summary>How long what is found there is kept.</summary>
    public static AppCacheSettings CacheOf(SockudoOptions options)
    {
        var cache = options.AppManager.Cache;
        var sql = options.AppManager.Driver switch
        {
            AppManagerDriver.MySql => options.Database.Mysql,
            AppManagerDriver.PostgreSql => options.Database.Postgres,
            _ => new SqlOptions(),
        };
        return new AppCacheSettings(
            TimeSpan.FromSeconds(cache.Enabled ? sql.CacheTtl ?? cache.Ttl : 0),
            TimeSpan.FromSeconds(cache.Enabled ? cache.NegativeTtl : 0),
            sql.CacheMaxCapacity,
            TimeSpan.FromSeconds(sql.CacheCleanupInterval));
    }

    /// <summary>Inserts the configured apps whose ids are not stored; what is stored is never changed (storage.md 1.5). Returns how many were inserted.</summary>
    /// <exception cref="BackendException">The database cannot be used, or another stored app has the key; the latter is permanent.</exception>
    public static async Task<int> SeedAsync(IAppDatabase database, IReadOnlyList<App> apps, CancellationToken cancellationToken)
    {
        var inserted = 0;
        foreach (var app in apps)
        {
            if (await database.FindByIdAsync(app.Id, cancellationToken).ConfigureAwait(false) is not null)
                continue;
            try
            {
                await database.InsertAsync(AppRecords.Write(app), cancellationToken).ConfigureAwait(false);
                inserted++;
            }
            catch (AppConflictException conflict) when (conflict.Name == "id")
            {
                // Another node that starts was faster.
            }
            catch (AppConflictException conflict)
            {
                throw new BackendException(
                    $"the configured app {app.Id} cannot be stored: {conflict.Message}; give it another key or remove it from the configuration", isPermanent: true, conflict);
            }
        }

        return inserted;
    }
}
