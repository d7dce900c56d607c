namespace Sockudo.Server.Apps;

/// <summary>What an app is looked up by.</summary>
/// <param name="IsKey">Its key, else its id.</param>
/// <param name="Text">The key or id.</param>
internal readonly record struct AppName(bool IsKey, string Text)
{
    public static AppName Key(string key) => new(true, key);

    public static AppName Id(string id) => new(false, id);

    /// <summary>Whether it is the app's name, to the letter.</summary>
    public bool IsOf(App app) => Text == (IsKey ? app.Key : app.Id);
}
