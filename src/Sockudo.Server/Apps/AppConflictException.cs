namespace Sockudo.Server.Apps;

/// <summary>Another app has this id or key already.</summary>
/// <param name="name"><c>id</c> or <c>key</c>.</param>
/// <param name="value">The value that is taken.</param>
public sealed class AppConflictException(string name, string value) : Exception($"there is another app with the {name} \"{value}\"")
{
    /// <summary><c>id</c> or <c>key</c>.</summary>
    public string Name => name;
}
