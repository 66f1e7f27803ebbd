// Many threads at once.
using System;
using System.Collections;
using System.Threading;
using Metropipe.Mix;

internal static class Caller
{
    private static void Check(string name, object got, object wanted)
    {
        var these = got as Array;
        var those = wanted as Array;
        bool holds = these == null ? object.Equals(got, wanted) : StructuralComparisons.StructuralEqualityComparer.Equals(these, those);
        Console.WriteLine(holds ? "ok " + name : "FAIL " + name + ": got " + got);
    }

    private static void Main()
    {
        int right = 0;
        var threads = new Thread[8];
        for (int index = 0; index < threads.Length; index++)
        {
            int thread = index;
            threads[index] = new Thread(() =>
            {
                for (int i = 0; i < 500; i++)
                {
                    if (Stub.Mix(thread, i, "t" + thread) == thread + ":" + i + ":t" + thread)
                    {
                        Interlocked.Increment(ref right);
                    }
                }
            });
            threads[index].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Check("eight_threads", right, 4000);
    }
}
