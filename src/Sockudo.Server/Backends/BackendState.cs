using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Backends;

/// <summary>Whether a backend can be used, as the component that uses it has last seen: for <c>/up</c>, metrics and the log. Safe from any thread.</summary>
/// <param name="component"><c>app_manager</c>, <c>cache</c>, <c>queue</c> or <c>rate_limiter</c>.</param>
/// <param name="driver">Its driver, by the name of the configuration.</param>
/// <param name="logger">Is told once per change.</param>
public sealed partial class BackendState(string component, string driver, ILogger logger)
{
    private volatile bool _isDown;

    /// <summary>The component's name in metrics and <c>/up</c>.</summary>
    public string Component => component;

    /// <summary>The driver's name.</summary>
    public string Driver => driver;

    /// <summary>It could be used when it was last tried.</summary>
    public bool IsUp => !_isDown;

    /// <summary>It has answered. Costs nothing if that is not new.</summary>
    public void Up()
    {
        if (!_isDown)
            return;
        _isDown = false;
        LogUp(logger, component, driver);
    }

    /// <summary>It could not be used.</summary>
    /// <param name="reason">What went wrong; no secrets.</param>
    public void Down(string reason)
    {
        if (_isDown)
            return;
        _isDown = true;
        LogDown(logger, component, driver, reason);
    }

    /// <summary>Passes on what becomes of a question that shows whether the backend is there.</summary>
    /// <exception cref="BackendException">It could not be used.</exception>
    public async Task<T> TellAsync<T>(Task<T> asking)
    {
        ArgumentNullException.ThrowIfNull(asking);
        try
        {
            var answer = await asking.ConfigureAwait(false);
            Up();
            return answer;
        }
        catch (BackendException exception)
        {
            Down(exception.Message);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "backend is back  component={Component} driver={Driver}")]
    private static partial void LogUp(ILogger logger, string component, string driver);

    [LoggerMessage(2, LogLevel.Error, "backend lost  component={Component} driver={Driver} reason={Reason}")]
    private static partial void LogDown(ILogger logger, string component, string driver, string reason);
}
