// Calls the Python function, and says what it returned and how long 10,000 calls took.
using System;
using System.Diagnostics;

internal static class Caller
{
    private const int Warm = 20000;
    private const int Calls = 10000;

    private static void Main()
    {
        var took = new long[Calls];
        string result = "";
        double tick = 1e9 / Stopwatch.Frequency;
        for (int i = -Warm; i < Calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            result = Metropipe.Weekday.Stub.Weekday(1969, 7, 20);
            long elapsed = Stopwatch.GetTimestamp() - start;
            if (i >= 0)
            {
                took[i] = (long)(elapsed * tick);
            }
        }
        Array.Sort(took);
        Console.WriteLine(result + "\t" + took[Calls / 2] + "\t" + took[Calls / 100 * 99]);
    }
}
