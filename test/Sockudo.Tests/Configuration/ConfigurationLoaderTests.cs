using Sockudo.Configuration;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Tests.Configuration;

public sealed class ConfigurationLoaderTests : ConfigurationTest
{
    [Fact]
    public void Nothing_at_all_is_the_defaults_and_the_demo_app()
    {
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Null(result.File);
        Assert.Equal(6001, result.Options.Port);
        var app = Assert.Single(result.Options.AppManager.Array.Apps);
        Assert.Equal(("demo-app", "demo-key", "demo-secret", false), (app.Id, app.Key, app.Secret, app.EnableClientMessages));
    }

    [Fact]
    public void Precedence_is_file_dotenvEnvironment_command_line()
    {
        Write("config/config.json", """{"port":1,"websocket":{"max_connections":2},"activity_timeout":3,"pong_timeout":4,"mode":"file"}""");
        Write(".env", "PORT=10\nWEBSOCKET_MAX_CONNECTIONS=20\nACTIVITY_TIMEOUT=30");
        Environment["PORT"] = "100";
        Environment["WEBSOCKET_MAX_CONNECTIONS"] = "200";
        Overrides.Add(("--port", "port", "1000"));
        var options = Load().Options;
        Assert.Equal((1000, 200, 30, 4, "file"), (options.Port, options.Websocket.MaxConnections, options.ActivityTimeout, options.PongTimeout, options.Mode));
        // A section given in part keeps its other defaults.
        Assert.Equal(1_048_576, options.Websocket.MaxPendingBytes);
    }

    [Fact]
    public void All_mistakes_of_all_sources_are_reported_together_with_value_source_and_fix()
    {
        Write("config/config.json", """
            {
              "port": 70000,
              "websocket": { "quota_close_code": 4005, "compression": true },
              "app_manager": { "array": { "apps": [ { "id": "a b", "key": "k" } ] } }
            }
            """);
        Environment["ADAPTER_DRIVER"] = "redis2";
        Environment["PONG_TIMEOUT"] = "soon";
        Overrides.Add(("--set", "activity_timeout", "1.5"));
        Overrides.Add(("--set", "activty_timeout", "1"));
        Assert.Equal(
            [
                "port = 70000 (config/config.json:2): must be a whole number from 0 to 65535",
                "pong_timeout = \"soon\" (environment PONG_TIMEOUT): must be a whole number from 1 to 3600",
                "websocket.quota_close_code = 4005 (config/config.json:3): must be 4004 or 4100",
                "adapter.driver = \"redis2\" (environment ADAPTER_DRIVER): unknown driver; use one of local, redis, redis-cluster, nats",
                "activity_timeout = \"1.5\" (option --set): must be a whole number from 1 to 3600",
                "--set: unknown key \"activty_timeout\"; did you mean \"activity_timeout\"?",
                "app_manager.array.apps[0] (config/config.json:4): \"secret\" is missing; every app needs id, key and secret",
                "app_manager.array.apps[0].id = \"a b\" (config/config.json:4): must be 1 to 255 characters of A-Z a-z 0-9 _ - .",
                "websocket.compression = true (config/config.json:3): is not available in this version; use false",
            ],
            Load().Errors);
    }

    [Fact]
    public void Unknown_keys_and_variables_are_warnings_with_the_nearest_name()
    {
        Write("config/config.json", """
            { "adapter": { "redis": { "prefx": "x" }, "cluster": { "use_connection_manager": true } },
              "app_manager": { "array": { "apps": [ { "id": "a", "key": "k", "secret": "s", "secrt": "t" } ] } } }
            """);
        Environment["SOCKUDO_DEFAULT_APP_SECRT"] = "x";
        Environment["SOCKUDO_SERVICE_HOST"] = "10.0.0.1";
        Environment["SOCKUDO_PORT_6001_TCP"] = "tcp://10.0.0.1";
        Environment["UNRELATED"] = "x";
        var warnings = Load().Warnings;
        Assert.Contains("unknown key \"adapter.redis.prefx\" in config/config.json is ignored; did you mean \"prefix\"?", warnings);
        Assert.Contains("unknown key \"app_manager.array.apps[0].secrt\" (config/config.json:2) is ignored; did you mean \"secret\"?", warnings);
        Assert.Contains("unknown variable SOCKUDO_DEFAULT_APP_SECRT is ignored; did you mean SOCKUDO_DEFAULT_APP_SECRET?", warnings);
        Assert.Contains(warnings, static warning => warning.Contains("adapter.cluster.use_connection_manager", StringComparison.Ordinal));
        Assert.Equal(4, warnings.Count);
    }

    [Fact]
    public void Variables_of_soketi_are_named_together_in_one_warning()
    {
        Environment["SOKETI_PORT"] = "7001";
        Write(".env", "SOKETI_DEFAULT_APP_KEY=x\nSOKETI_PORT=1\n");
        var warning = Assert.Single(Load().Warnings);
        Assert.StartsWith("variables of soketi are ignored: SOKETI_DEFAULT_APP_KEY, SOKETI_PORT;", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"port\": }", "config/config.json:1:11:")]
    [InlineData("{\n \"port\": 1,\n \"PORT\": 2 }", "config/config.json:3:2: the key \"PORT\" is there twice; remove one")]
    [InlineData("[]", "config/config.json:1:1: the file must be a JSON object")]
    [InlineData("", "config/config.json:1:1:")]
    [InlineData("nn\n\n\u0001", "config/config.json:1:2:")]
    [InlineData("{\"p\\n\":1,\"P\\n\":2}", "config/config.json:1:10: the key \"P\\n\" is there twice; remove one")]
    public void Syntax_errors_name_file_line_and_column(string json, string error)
    {
        Write("config/config.json", json);
        Assert.StartsWith(error, Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_may_have_comments_trailing_commas_and_a_byte_order_mark()
    {
        Write("config/config.json", "\uFEFF// c\n{ /* c */ \"Port\": \"1000\", \"host\": null, \"debug\": 1, \"cors\": {\"origin\": [\"https://a\",],}, }");
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Equal((1000, "0.0.0.0", true), (result.Options.Port, result.Options.Host, result.Options.Debug));
        Assert.Equal(["https://a"], result.Options.Cors.Origin);
    }

    [Fact]
    public void TOML_gives_the_same_tree()
    {
        Write("my.TOML", """
            port = 7000
            websocket.max_connections = 9

            [event_limits]
            max_payload_in_kb = 10

            [[app_manager.array.apps]]
            id = "one"
            key = "k1"
            secret = "s1"
            allowed_origins = ["https://a.example"]

            [[app_manager.array.apps]]
            id = "two"
            key = "k2"
            secret = "s2"
            webhooks = [{ url = "https://x.example/hook", event_types = ["channel_occupied"] }]
            """);
        Environment["CONFIG_FILE"] = "my.TOML";
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Equal((7000, 9, 10), (result.Options.Port, result.Options.Websocket.MaxConnections, result.Options.EventLimits.MaxPayloadInKb));
        Assert.Equal(["one", "two"], result.Options.AppManager.Array.Apps.Select(static app => app.Id));
        Assert.Single(result.Options.AppManager.Array.Apps[1].Webhooks);
    }

    [Fact]
    public void TOML_mistakes_name_their_place()
    {
        Write("x.toml", "port = 1\nport = 2");
        Environment["CONFIG_FILE"] = "x.toml";
        Assert.StartsWith("x.toml:2", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ".a", 50_000, "=1")]
    [InlineData("[", ".a", 50_000, "]")]
    [InlineData("[[", ".a", 50_000, "]]")]
    [InlineData("b={a", ".a", 50_000, "=1}")]
    [InlineData("b=", "[", 50_000, "")]
    [InlineData("b=", "{a=", 50_000, "")]
    [InlineData("b=[[{c", ".a", 65, "=1}]]")]
    public void TOML_that_is_nested_too_deep_is_a_mistake_with_its_line(string start, string level, int levels, string end)
    {
        var nested = string.Concat(Enumerable.Repeat(level, levels));
        Write("x.toml", $"port = 1\n# c\n{start}{(start.Contains('=', StringComparison.Ordinal) ? nested : "a" + nested)}{end}\n");
        Environment["CONFIG_FILE"] = "x.toml";
        Assert.Equal("x.toml:3: this is nested deeper than 64 levels; no key is, so remove it", Assert.Single(Load().Errors));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void JSON_that_is_nested_too_deep_is_a_mistake_with_its_place(string level)
    {
        Write("config/config.json", string.Concat(Enumerable.Repeat(level, 50_000)));
        Assert.StartsWith("config/config.json:1:", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".env", null, ".env cannot be read: it is a directory; put the file in its place, or remove it")]
    [InlineData("config/config.json", null, "the configuration file config/config.json cannot be read: it is a directory; put the file in its place, or remove it")]
    [InlineData("my.toml", "my.toml", "the configuration file my.toml cannot be read: it is a directory; put the file in its place, or remove it")]
    public void A_directory_in_the_place_of_a_file_is_a_mistake(string path, string? configPath, string error)
    {
        Write(path + "/x", "");
        Assert.Equal(error, Assert.Single(Load(configPath).Errors));
    }

    [Theory]
    [InlineData("", "\"\"", "must be an absolute path, such as /run/sockudo/sockudo.sock")]
    [InlineData("s.sock", "\"s.sock\"", "must be an absolute path, such as /run/sockudo/sockudo.sock")]
    [InlineData("/\0", "\"/\0\"", "must be an absolute path, such as /run/sockudo/sockudo.sock")]
    public void The_path_of_a_Unix_socket_is_absolute(string path, string shown, string problem)
    {
        Overrides.Add(("--set", "unix_socket.path", path));
        Assert.Empty(Load().Errors);
        Environment["UNIX_SOCKET_ENABLED"] = "true";
        Assert.Equal($"unix_socket.path = {shown} (option --set): {problem}", Assert.Single(Load().Errors));
    }

    [Fact]
    public void The_path_of_a_Unix_socket_has_the_length_that_the_system_takes()
    {
        Environment["UNIX_SOCKET_ENABLED"] = "true";
        Environment["UNIX_SOCKET_PATH"] = "/" + new string('x', 106);
        Assert.Empty(Load().Errors);
        // So the system says as well.
        _ = new System.Net.Sockets.UnixDomainSocketEndPoint(Environment["UNIX_SOCKET_PATH"]);
        Environment["UNIX_SOCKET_PATH"] = "/" + new string('x', 105) + "é";
        Assert.EndsWith("has 108 bytes, but the path of a socket has at most 107; choose a shorter one", Assert.Single(Load().Errors), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new System.Net.Sockets.UnixDomainSocketEndPoint(Environment["UNIX_SOCKET_PATH"]));
    }

    [Fact]
    public void A_named_file_must_exist()
    {
        Environment["CONFIG_FILE_PATH"] = "missing.json";
        Assert.StartsWith("the configuration file missing.json cannot be read", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRUE", true)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("1", true)]
    [InlineData("no", false)]
    [InlineData("OFF", false)]
    [InlineData("0", false)]
    public void Booleans_have_many_forms(string text, bool value)
    {
        Environment["SSL_REDIRECT_HTTP"] = text;
        Environment["DEBUG_MODE"] = text;
        Assert.Equal(value, Load().Options.Debug);
    }

    [Fact]
    public void Lists_enums_and_limits_from_theEnvironment()
    {
        Environment["CORS_ORIGINS"] = " https://a , ,https://b ";
        Environment["CORS_METHODS"] = """["GET", "PUT"]""";
        Environment["DATABASE_MYSQL_TLS_MODE"] = "Verify_Full";
        Environment["EVENT_LIMITS_MAX_BATCH_SIZE"] = "-1";
        Environment["UNIX_SOCKET_PERMISSION_MODE"] = "600";
        Environment["DATABASE_REDIS_SENTINELS"] = "s1:1,s2";
        var options = Load().Options;
        Assert.Equal(["https://a", "https://b"], options.Cors.Origin);
        Assert.Equal(["GET", "PUT"], options.Cors.Methods);
        Assert.Equal(TlsMode.VerifyFull, options.Database.Mysql.TlsMode);
        Assert.Equal(0, options.EventLimits.MaxBatchSize);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, options.UnixSocket.PermissionMode);
        Assert.Equal(["s1:1", "s2:26379"], options.Database.Redis.Sentinels);
    }

    [Fact]
    public void A_variable_of_several_keys_loses_against_one_of_a_single_key()
    {
        Environment["CACHE_TTL_SECONDS"] = "50";
        Write(".env", "CHANNEL_LIMITS_CACHE_TTL=60\nAPP_MANAGER_CACHE_TTL=70");
        var options = Load().Options;
        Assert.Equal((60, 70, 50), (options.ChannelLimits.CacheTtl, options.AppManager.Cache.Ttl, options.Cache.Memory.Ttl));
    }

    [Fact]
    public void Secrets_can_be_files_and_are_never_printed()
    {
        Write("secret.txt", "from-file\n");
        Environment["SOCKUDO_DEFAULT_APP_SECRET_FILE"] = "secret.txt";
        Environment["REDIS_PASSWORD"] = "hunter2";
        Environment["REDIS_URL"] = "http://user:hunter2@host";
        var result = Load();
        Assert.Equal("from-file", result.Options.AppManager.Array.Apps[0].Secret);
        Assert.Equal("database.redis.url = \"***\" (environment REDIS_URL): must be a URL that begins with redis:// or rediss://", Assert.Single(result.Errors));
        var printed = ConfigurationPrinter.Print(result);
        Assert.DoesNotContain("hunter2", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("from-file", printed, StringComparison.Ordinal);
        Assert.Contains("\"password\": \"***\"", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_given_twice_is_a_mistake()
    {
        Environment["REDIS_PASSWORD"] = "a";
        Environment["REDIS_PASSWORD_FILE"] = "b";
        Assert.Equal("REDIS_PASSWORD and REDIS_PASSWORD_FILE are both set (environment REDIS_PASSWORD); keep one of them", Assert.Single(Load().Errors));
    }

    [Fact]
    public void Section_4_3_The_default_app_joins_or_changes_the_listed_ones()
    {
        Write("config/config.json", """{"app_manager":{"array":{"apps":[{"id":"mine","key":"k","secret":"s","max_connections":5}]}}}""");
        Assert.Equal("mine", Assert.Single(Load().Options.AppManager.Array.Apps).Id);
        Environment["SOCKUDO_DEFAULT_APP_KEY"] = "other-key";
        Assert.Equal(["mine", "demo-app"], Load().Options.AppManager.Array.Apps.Select(static app => app.Id));
        Environment["SOCKUDO_DEFAULT_APP_ID"] = "mine";
        Environment["SOCKUDO_ENABLE_CLIENT_MESSAGES"] = "true";
        Environment["SOCKUDO_DEFAULT_APP_WEBHOOKS"] = """[{"url":"https://x.example","event_types":["client_event"]}]""";
        var app = Assert.Single(Load().Options.AppManager.Array.Apps);
        Assert.Equal(("mine", "other-key", "s", 5, true), (app.Id, app.Key, app.Secret, app.MaxConnections, app.EnableClientMessages));
        Assert.Single(app.Webhooks);
    }

    [Fact]
    public void Apps_must_differ_and_their_webhooks_make_sense()
    {
        Write("config/config.json", """
            {"app_manager":{"array":{"apps":[
              {"id":"a","key":"k","secret":"s","webhooks":[
                {"event_types":["channel_occupied"]},
                {"url":"ftp://x","event_types":["channel_occupied"]},
                {"url":"http://x","event_types":["channel_ocupied"]},
                {"url":"http://x"},
                {"url":"http://x","event_types":["cache_miss"],"headers":{"x-pusher-key":"1"}},
                {"url":"http://x","event_types":["cache_miss"],"filter":{"channel_pattern":"(a)\\1"}}
              ]},
              {"id":"a","key":"k","secret":"s","allowed_origins":["https://a/path"],"max_connections":-2}]}}}
            """);
        var errors = Load().Errors;
        Assert.Equal(10, errors.Count);
        Assert.Contains(errors, static error => error.Contains("webhooks[0]", StringComparison.Ordinal) && error.Contains("no target", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Contains("did you mean \"channel_occupied\"", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Contains("apps[1].id", StringComparison.Ordinal) && error.Contains("another app", StringComparison.Ordinal));
    }

    [Fact]
    public void Section_5_2_What_must_fit_together()
    {
        Environment["METRICS_PORT"] = "6001";
        Environment["SSL_ENABLED"] = "true";
        Environment["NATS_USERNAME"] = "u";
        Environment["CLUSTER_HEALTH_NODE_TIMEOUT"] = "2000";
        Environment["WEBHOOK_REQUEST_TIMEOUT_MS"] = "60000";
        Environment["QUEUE_REDIS_LEASE_MS"] = "30000";
        Environment["QUEUE_SQS_VISIBILITY_TIMEOUT"] = "64";
        Environment["WEBSOCKET_MAX_PENDING_BYTES"] = "100000";
        Environment["WEBSOCKET_MAX_PAYLOAD_KB"] = "100";
        var result = Load();
        Assert.Equal(8, result.Errors.Count);
        Assert.Contains("metrics.port and port are both 6001; give each listener its own port", result.Errors);
        Assert.Contains(result.Warnings, static warning => warning.StartsWith("websocket_max_payload_kb (100) is not above", StringComparison.Ordinal));
    }

    [Fact]
    public void The_path_prefix_gets_a_leading_slash_and_loses_a_trailing_one()
    {
        Environment["PATH_PREFIX"] = "ws/deep/";
        Assert.Equal("/ws/deep", Load().Options.PathPrefix);
    }
}
