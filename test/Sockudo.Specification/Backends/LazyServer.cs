namespace Sockudo.Specification.Backends;

/// <summary>A server that the first test of a class starts, and no test if its program is missing.</summary>
public abstract class LazyServer<T> : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly Lazy<Task<T>> _server;

    protected LazyServer(Func<Task<T>> start) => _server = new Lazy<Task<T>>(start);

    public Task<T> GetAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
            await (await _server.Value).DisposeAsync();
    }
}
