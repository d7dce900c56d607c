namespace Sockudo.Redis;

/// <summary>Which part of a cluster a name belongs to (Redis Cluster specification, "Key distribution model" and "Hash tags").</summary>
internal static class HashSlot
{
    public const int Count = 16384;

    private static readonly ushort[] Table = CreateTable();

    public static ushort Of(ReadOnlySpan<byte> name)
    {
        // Only what stands between the first { and the next } counts, if that is anything.
        var open = name.IndexOf((byte)'{');
        if (open >= 0 && name[(open + 1)..].IndexOf((byte)'}') is > 0 and var length)
            name = name.Slice(open + 1, length);
        ushort crc = 0;
        foreach (var b in name)
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ b]);
        return (ushort)(crc % Count);
    }

    // CRC-16/XMODEM.
    private static ushort[] CreateTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ushort)(i << 8);
            for (var bit = 0; bit < 8; bit++)
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
            table[i] = crc;
        }

        return table;
    }
}
