namespace Sockudo.Dashboard;

/// <summary>A file of the page.</summary>
/// <param name="ContentType">Its type.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Tag">Changes with the content: value of <c>ETag</c>.</param>
internal sealed record PageFile(string ContentType, byte[] Bytes, string Tag);
