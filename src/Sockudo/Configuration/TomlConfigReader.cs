using System.Globalization;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Sockudo.Configuration;

/// <summary>Reads TOML into the same tree as JSON. Only touched for a <c>.toml</c> file, so that nobody else pays for the parser.</summary>
internal static class TomlConfigReader
{
    // As deep as the readers of TOML and JSON go. A key of many dots is deep as well, which the reader of TOML does not count.
    private const int MostLevels = 64;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ConfigurationSyntaxException">It is not TOML, is nested too deep, or has a key twice.</exception>
    public static ConfigObject ReadFile(string text, string path)
    {
        var document = Parse(text, path);
        if (document.HasErrors)
        {
            var problems = document.Diagnostics.Where(static message => message.Kind == DiagnosticMessageKind.Error)
                .Select(message => (At: message.Span.Start, message.Message))
                .Select(problem => $"{path}:{problem.At.Line + 1}:{problem.At.Column + 1}: {Masked.Message(problem.Message, text)}");
            throw new ConfigurationSyntaxException([.. problems]);
        }

        var root = new Table(ValueSource.File(path, 1), 0);
        AddMembers(root, document.KeyValues, path);
        foreach (var table in document.Tables)
        {
            var source = SourceOf(table, path);
            var names = Names(table.Name!);
            var parent = names.SkipLast(1).Aggregate(root, (current, name) => current.Child(name, source));
            var target = table is TableArraySyntax ? parent.NextItem(names[^1], source) : parent.Child(names[^1], source);
            AddMembers(target, table.Items, path);
        }

        return root.ToObject();
    }

    private static DocumentSyntax Parse(string text, string path)
    {
        try
        {
            return SyntaxParser.Parse(text, path);
        }
        catch (ArgumentException)
        {
            // The parser cannot name the end of the file as an unexpected character.
            var lines = text.Split('\n');
            throw new ConfigurationSyntaxException($"{path}:{lines.Length}:{lines[^1].Length + 1}: the file ends within a string");
        }
        catch (TomlException)
        {
            throw TooDeep(ValueSource.File(path, FirstLineTooDeep(text)));
        }
    }

    // The parser does not say where: it is the line with which the file begins to be too deep.
    private static int FirstLineTooDeep(string text)
    {
        var lines = text.Split('\n');
        var (first, last) = (1, lines.Length);
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (IsTooDeep(string.Join('\n', lines[..middle])))
                last = middle;
            else
                first = middle + 1;
        }

        return first;
    }

    private static bool IsTooDeep(string text)
    {
        try
        {
            SyntaxParser.Parse(text);
            return false;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (TomlException)
        {
            return true;
        }
    }

    private static ConfigurationSyntaxException TooDeep(ValueSource at) =>
        new($"{at}: this is nested deeper than {MostLevels} levels; no key is, so remove it");

    private static void AddMembers(Table table, IEnumerable<KeyValueSyntax> members, string path)
    {
        foreach (var member in members)
        {
            var source = SourceOf(member, path);
            var names = Names(member.Key!);
            var target = names.SkipLast(1).Aggregate(table, (current, name) => current.Child(name, source));
            target.Add(names[^1], ReadValue(member.Value!, path, target), source);
        }
    }

    private static object ReadValue(ValueSyntax value, string path, Table parent)
    {
        var source = SourceOf(value, path);
        switch (value)
        {
            case StringValueSyntax text:
                return new ConfigScalar(text.Value ?? "", IsString: true, source);
            case IntegerValueSyntax integer:
                return new ConfigScalar(integer.Value.ToString(CultureInfo.InvariantCulture), IsString: false, source);
            case FloatValueSyntax number:
                return new ConfigScalar(number.Value.ToString("R", CultureInfo.InvariantCulture), IsString: false, source);
            case BooleanValueSyntax boolean:
                return new ConfigScalar(boolean.Value ? "true" : "false", IsString: false, source);
            case ArraySyntax array:
                var items = array.Items.Select(item => ReadValue(item.Value!, path, parent)).Select(static item => item as ConfigNode ?? ((Table)item).ToObject());
                return new ConfigArray([.. items], source);
            case InlineTableSyntax inline:
                var table = parent.Below(source);
                AddMembers(table, inline.Items.Select(static item => item.KeyValue!), path);
                return table;
            default:
                // Dates and times: no key takes them, so their text will be refused with a message that shows it.
                return new ConfigScalar(value.ToString()!.Trim(), IsString: false, source);
        }
    }

    private static List<string> Names(KeySyntax key) => [NameOf(key.Key!), .. key.DotKeys.Select(static part => NameOf(part.Key!))];

    private static string NameOf(BareKeyOrStringValueSyntax name) => name switch
    {
        StringValueSyntax quoted => quoted.Value ?? "",
        _ => name.ToString()!.Trim(),
    };

    private static ValueSource SourceOf(SyntaxNode node, string path) => ValueSource.File(path, node.Span.Start.Line + 1);

    // A table that is still being filled: TOML may come back to one.
    private sealed class Table(ValueSource source, int level)
    {
        private readonly List<string> _names = [];
        private readonly Dictionary<string, object> _members = new(StringComparer.OrdinalIgnoreCase);

        public Table Child(string name, ValueSource at)
        {
            if (_members.TryGetValue(name, out var member))
            {
                return member switch
                {
                    Table table => table,
                    List<Table> items => items[^1],
                    _ => throw Twice(name, at),
                };
            }

            var child = Below(at);
            Add(name, child, at);
            return child;
        }

        public Table NextItem(string name, ValueSource at)
        {
            if (!_members.TryGetValue(name, out var member))
                Add(name, member = new List<Table>(), at);
            var items = member as List<Table> ?? throw Twice(name, at);
            var item = Below(at);
            items.Add(item);
            return item;
        }

        /// <summary>A new table, to be put into this one.</summary>
        public Table Below(ValueSource at) => level < MostLevels ? new Table(at, level + 1) : throw TooDeep(at);

        public void Add(string name, object value, ValueSource at)
        {
            if (!_members.TryAdd(name, value))
                throw Twice(name, at);
            _names.Add(name);
        }

        public ConfigObject ToObject() => new([.. _names.Select(name => new KeyValuePair<string, ConfigNode>(name, ToNode(_members[name])))], source);

        private ConfigNode ToNode(object member) => member switch
        {
            Table table => table.ToObject(),
            List<Table> items => new ConfigArray([.. items.Select(static item => item.ToObject())], source),
            _ => (ConfigNode)member,
        };

        private static ConfigurationSyntaxException Twice(string name, ValueSource at) =>
            new($"{at}: the key \"{name}\" is there twice; remove one");
    }
}
