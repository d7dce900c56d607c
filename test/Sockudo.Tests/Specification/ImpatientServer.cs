using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <summary>The server of <see cref="ImpatientSpec"/>.</summary>
public sealed class ImpatientServer() : ServerWithOptions(ImpatientSpec.Options);
