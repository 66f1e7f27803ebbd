// Does what it is told, a line each.
using System;
using System.Diagnostics;
using System.Threading;
using Metropipe.Mix;

internal static class Caller
{
    private static string Call(int a, int b, string text)
    {
        try
        {
            return "= " + Stub.Mix(a, b, text);
        }
        catch (Exception error)
        {
            return "! " + error.GetType().Name + " " + error.Message;
        }
    }

    private static string Loop(int count, int a, int rest)
    {
        int right = 0, wrong = 0, failed = 0;
        long slowest = 0;
        string first = "", text = "t" + a;
        for (int i = 0; i < count; i++)
        {
            if (rest > 0)
            {
                Thread.Sleep(rest);
            }

            var clock = Stopwatch.StartNew();
            string said = "";
            try
            {
                string answer = Stub.Mix(a, i, text);
                if (answer == a + ":" + i + ":" + text)
                {
                    right++;
                }
                else
                {
                    wrong++;
                    said = answer;
                }
            }
            catch (Exception error)
            {
                failed++;
                said = error.Message;
            }

            slowest = Math.Max(slowest, clock.ElapsedMilliseconds);
            first = first == "" ? said : first;
        }

        return "done " + right + " " + wrong + " " + failed + " " + slowest + " " + first;
    }

    private static void Main()
    {
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            string[] words = line.Split(' ');
            int a = int.Parse(words[1]), b = int.Parse(words[2]);
            Console.WriteLine(words[0] == "call" ? Call(a, b, words[3]) : Loop(a, b, int.Parse(words[3])));
        }
    }
}
