namespace Sockudo.Server.Metrics;

/// <summary>Exceptions thrown in this process since the first look at it.</summary>
internal static class ExceptionCount
{
    private static long s_count;

    static ExceptionCount() => AppDomain.CurrentDomain.FirstChanceException += static (_, _) => Interlocked.Increment(ref s_count);

    public static long Value => Volatile.Read(ref s_count);
}
