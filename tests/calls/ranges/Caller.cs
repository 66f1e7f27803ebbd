// Numbers that their wire type cannot hold.
using System;
using System.Collections;

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

    private static void Main()
    {
        Check("ordinary", Metropipe.Scale.Stub.Scale(3, 0.5f), 1.5f);
        Check("k_largest", Metropipe.Scale.Stub.Scale(2147483647, 0.0f), 0.0f);
        Fails(
            "result_too_large",
            () => Metropipe.Square.Stub.Square(65536),
            "ChannelException: square:",
            "the result does not fit",
            "i32");
        Check("ordinary_after_errors", Metropipe.Scale.Stub.Scale(2, 2.0f), 4.0f);
    }
}
