// `caller FUNCTION COUNT`: nanoseconds, a line a call.
using System;
using System.Diagnostics;
using System.Text;

internal static class Caller
{
    private static readonly byte[] Small = new byte[4092];
    private static readonly byte[] Large = new byte[2097152];

    private static void Call(string function)
    {
        switch (function)
        {
            case "add":
                Metropipe.Add.Stub.Add(2, 3);
                break;
            case "classify":
                Metropipe.Classify.Stub.Classify("some text", 3, 0.5f, true);
                break;
            case "echo_small":
                Metropipe.Echo_small.Stub.Echo_small(Small);
                break;
            default:
                Metropipe.Echo_large.Stub.Echo_large(Large);
                break;
        }
    }

    private static void Main(string[] arguments)
    {
        int count = int.Parse(arguments[1]);
        var took = new long[count];
        for (int i = -count / 4; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Call(arguments[0]);
            long elapsed = Stopwatch.GetTimestamp() - start;
            if (i >= 0)
            {
                took[i] = elapsed;
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
