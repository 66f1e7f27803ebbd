// Strings and bytes at their limits.
using System;
using System.Collections;
using System.Linq;
using Metropipe.Echo;

internal static class Caller
{
    private static void Check(string name, object got, object wanted)
    {
        var these = got as Array;
        var those = wanted as Array;
        bool holds = these == null ? object.Equals(got, wanted) : StructuralComparisons.StructuralEqualityComparer.Equals(these, those);
        Console.WriteLine(holds ? "ok " + name : "FAIL " + name + ": got " + got);
    }

    /// <summary>The class and the message of what a call throws.</summary>
    private static string Error(Action call)
    {
        try
        {
            call();
            return "no error";
        }
        catch (Exception thrown)
        {
            return thrown.GetType().Name + ": " + thrown.Message;
        }
    }

    private static void Fails(string name, Action call, params string[] parts)
    {
        string error = Error(call);
        bool holds = Array.TrueForAll(parts, part => error.Contains(part));
        Console.WriteLine(holds ? "ok " + name : "FAIL " + name + ": got " + error);
    }

    private static string Repeat(string text, int times)
    {
        return string.Concat(Enumerable.Repeat(text, times));
    }

    private static void Main()
    {
        const string TooLong = "echo: text: 252 bytes do not fit string[256], which holds at most 251";
        string crab = "🦀";
        Check("empty", Stub.Echo(""), "");
        Check("full", Stub.Echo(new string('x', 251)), new string('x', 251));
        Fails("too_long", () => Stub.Echo(new string('x', 252)), "UnfitException", TooLong);
        Check("emoji", Stub.Echo("grüße 🦀 漢字"), "grüße 🦀 漢字");
        Check("emoji_counts_once", Metropipe.Measure.Stub.Measure("🦀🦀"), 2);
        Check("emoji_full", Metropipe.Measure.Stub.Measure(Repeat(crab, 62) + "xxx"), 65);
        Fails("emoji_too_long", () => Stub.Echo(Repeat(crab, 63)), "UnfitException", TooLong);
        Fails("embedded_nul", () => Stub.Echo("a\0b"), "UnfitException", "echo: text:", "NUL");
        Fails("lone_surrogate", () => Stub.Echo("\ud800"), "UnfitException", "echo: text:");
        Check("result_full", Metropipe.Repeat.Stub.Repeat("x", 251), new string('x', 251));
        Fails(
            "result_too_long",
            () => Metropipe.Repeat.Stub.Repeat("x", 252),
            "ChannelException: repeat:",
            "the result does not fit");
        byte[] all = Enumerable.Range(0, 256).Select(index => (byte)index).ToArray();
        byte[] full = new byte[4092];
        full[0] = 1;
        Check("bytes_empty", Metropipe.Reverse.Stub.Reverse(new byte[0]), new byte[0]);
        Check("bytes_all_values", Metropipe.Reverse.Stub.Reverse(all), all.Reverse().ToArray());
        Check("bytes_full", Metropipe.Reverse.Stub.Reverse(full), full.Reverse().ToArray());
        Fails(
            "bytes_too_long",
            () => Metropipe.Reverse.Stub.Reverse(new byte[4093]),
            "UnfitException",
            "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092");
        Check("ordinary_after_errors", Stub.Echo("again"), "again");
    }
}
