namespace Sockudo.Fuzz;

/// <summary>A short run without a fuzzer: the corpus, and a number of inputs made of it.</summary>
public static class SmokeRun
{
    /// <summary>Gives a target its corpus and as many inputs made of it.</summary>
    /// <exception cref="FindingException">Something is wrong; the message has the input.</exception>
    public static void Of(FuzzTarget target, int seed, int mutations)
    {
        var corpus = new List<byte[]>();
        foreach (var file in target.Corpus)
        {
            corpus.Add(File.ReadAllBytes(file));
            Check(target, corpus[^1], Path.GetFileName(file));
        }

        var mutation = new Mutation(seed, corpus);
        for (var number = 0; number < mutations; number++)
            Check(target, mutation.Next(), $"input {number} of seed {seed}");
    }

    private static void Check(FuzzTarget target, byte[] input, string name)
    {
        try
        {
            target.Check(input);
        }
        catch (Exception exception)
        {
            throw new FindingException($"{target.Name}, {name}: {exception}\nThe input, in Base64: {Convert.ToBase64String(input)}");
        }
    }
}
