namespace Sockudo.Server.Http;

/// <summary>The segments of a path, for list patterns, without a string for each.</summary>
internal readonly ref struct PathSegments
{
    /// <summary>More than any route has; a path with more segments ends in one that holds the rest.</summary>
    public const int MaxCount = 6;

    private readonly ReadOnlySpan<char> _path;
    private readonly ReadOnlySpan<Range> _ranges;

    private PathSegments(ReadOnlySpan<char> path, ReadOnlySpan<Range> ranges)
    {
        _path = path;
        _ranges = ranges;
    }

    public int Length => _ranges.Length;

    public ReadOnlySpan<char> this[int index] => _path[_ranges[index]];

    /// <summary>Splits a path.</summary>
    /// <param name="path">Without the slash that it begins with.</param>
    /// <param name="ranges">Room for <see cref="MaxCount"/> segments.</param>
    public static PathSegments Split(ReadOnlySpan<char> path, Span<Range> ranges) => new(path, ranges[..path.Split(ranges, '/')]);

    public PathSegments Slice(int start, int length) => new(_path, _ranges.Slice(start, length));
}
