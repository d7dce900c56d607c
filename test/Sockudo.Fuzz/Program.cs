using SharpFuzz;
using Sockudo.Fuzz;

// Sockudo.Fuzz TARGET           one input from standard input, or as many as AFL++ has (test/fuzz starts it so)
// Sockudo.Fuzz TARGET FILE...   these inputs
// Sockudo.Fuzz                  the names of the targets
if (args.Length == 0)
{
    foreach (var known in FuzzTarget.All)
        Console.WriteLine(known.Name);
    return 0;
}

if (FuzzTarget.All.FirstOrDefault(known => known.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine($"error: there is no target \"{args[0]}\"; without arguments their names are printed");
    return 2;
}

if (args.Length == 1)
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        target.Check(input.ToArray());
    });
    return 0;
}

var findings = 0;
foreach (var file in args.Skip(1))
{
    try
    {
        target.Check(File.ReadAllBytes(file));
        Console.WriteLine($"{file}: nothing");
    }
    catch (Exception exception) when (exception is not IOException)
    {
        findings++;
        Console.WriteLine($"{file}: {exception}");
    }
}

return findings == 0 ? 0 : 1;
