using System;
using System.Diagnostics;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Text;
using System.Threading;

/// <summary>The least that a C# caller can take: one word to and fro. Usage: Spin FILE COUNT; prints nanoseconds, a line a call.</summary>
static unsafe class Spin
{
    static void Main(string[] arguments)
    {
        int count = int.Parse(arguments[1]);
        long[] took = new long[count];
        using (var file = MemoryMappedFile.CreateFromFile(arguments[0], FileMode.Open, null, 4096))
        using (var view = file.CreateViewAccessor())
        {
            byte* page = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref page);
            ref int word = ref *(int*)page;
            for (int i = 0; i < count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Volatile.Write(ref word, 1);
                while (Volatile.Read(ref word) != 3)
                {
                }
                took[i] = Stopwatch.GetTimestamp() - start;
            }
        }
        var text = new StringBuilder();
        foreach (long ticks in took)
        {
            text.Append((long)(ticks * (1e9 / Stopwatch.Frequency))).Append('\n');
        }
        Console.Write(text);
    }
}
