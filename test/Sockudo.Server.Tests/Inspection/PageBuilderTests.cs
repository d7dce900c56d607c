using Sockudo.Server.Inspection;
using Xunit;

namespace Sockudo.Server.Tests.Inspection;

/// <summary>Pages of a list that comes in no order are those of the sorted list.</summary>
public sealed class PageBuilderTests
{
    [Fact]
    public void Pages_put_together_are_the_sorted_list()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var list = Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(1000)).Distinct().ToArray();
            var limit = random.Next(1, 12);
            var seen = new List<int>();
            Page<int> page;
            do
            {
                var builder = new PageBuilder<int>(limit, Comparer<int>.Default);
                foreach (var entry in list)
                    builder.Add(entry, isOnEarlierPage: seen.Count > 0 && entry <= seen[^1]);
                page = builder.Build();
                Assert.Equal(list.Length, page.Total);
                Assert.Equal(page.HasMore, seen.Count + page.Items.Count < list.Length);
                seen.AddRange(page.Items);
            }
            while (page.HasMore);

            Assert.Equal(list.Order(), seen);
        }
    }
}
