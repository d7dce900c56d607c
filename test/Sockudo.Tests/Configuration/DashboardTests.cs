using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>A dashboard that would let everybody in does not start.</summary>
public sealed class DashboardTests : ConfigurationTest
{
    public DashboardTests() => Environment["DASHBOARD_ENABLED"] = "true";

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("*")]
    [InlineData("10.0.0.1")]
    [InlineData("dashboard.example")]
    public void Other_machines_need_a_password_or_a_token(string host)
    {
        Environment["DASHBOARD_HOST"] = host;
        Assert.Equal(
            $"dashboard.enabled is true and dashboard.host = \"{host}\" can be reached from other machines, but neither dashboard.password nor dashboard.token is set; set one of them (DASHBOARD_PASSWORD, DASHBOARD_TOKEN), or dashboard.host to 127.0.0.1",
            Assert.Single(Load().Errors));
        Environment["DASHBOARD_PASSWORD"] = "long enough";
        Assert.Empty(Load().Errors);
        Assert.Contains("without TLS", Assert.Single(Load().Warnings), StringComparison.Ordinal);
        Environment.Remove("DASHBOARD_PASSWORD");
        Environment["DASHBOARD_TOKEN"] = "long-enough-for-all";
        Assert.Empty(Load().Errors);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public void This_machine_needs_none_which_is_said_outside_of_development(string host)
    {
        Environment["DASHBOARD_HOST"] = host;
        Assert.Empty(Load().Errors);
        Assert.Contains("everybody who can use this machine", Assert.Single(Load().Warnings), StringComparison.Ordinal);
        Environment["ENVIRONMENT"] = "development";
        Assert.Empty(Load().Warnings);
    }

    [Fact]
    public void What_can_be_guessed_is_too_short()
    {
        Environment["DASHBOARD_PASSWORD"] = "hunter2";
        Environment["DASHBOARD_TOKEN"] = "hunter2-hunter2";
        var errors = Load().Errors;
        Assert.Equal(2, errors.Count);
        Assert.StartsWith("dashboard.password = \"***\" (environment DASHBOARD_PASSWORD): is too short; it must have at least 8 characters", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("dashboard.token = \"***\" (environment DASHBOARD_TOKEN): is too short; it must have at least 16 characters", errors[1], StringComparison.Ordinal);
        Environment["DASHBOARD_ENABLED"] = "false";
        Assert.Empty(Load().Errors);
    }

    [Fact]
    public void It_has_a_port_of_its_own()
    {
        Environment["DASHBOARD_PORT"] = "6001";
        Assert.Equal("dashboard.port and port are both 6001; give each listener its own port", Assert.Single(Load().Errors));
    }

    [Fact]
    public void An_app_that_is_not_there_is_pointed_out()
    {
        Environment["DASHBOARD_TOKEN"] = "long-enough-for-all";
        Environment["DASHBOARD_SHOW_PAYLOADS"] = "demo-app,demo-ap";
        Assert.Equal("dashboard.show_payloads names \"demo-ap\", but there is no such app", Assert.Single(Load().Warnings));
    }
}
