// Lists, arrays, and lists of lists.
using System;
using System.Collections;
using System.Linq;
using Metropipe.Arrange;

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
        int[] upwards = Enumerable.Range(1, 1023).ToArray();
        Check("empty", Stub.Arrange(new int[0]), new int[0]);
        Check("ordinary", Stub.Arrange(new[] { 3, -1, 2 }), new[] { -1, 2, 3 });
        Check("full", Stub.Arrange(upwards.Reverse().ToArray()), upwards);
        Fails(
            "too_long",
            () => Stub.Arrange(new int[1024]),
            "UnfitException",
            "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023");
        Check("strings", Metropipe.Join.Stub.Join(new[] { "a", "", "🦀" }, ", "), "a, , 🦀");
        Check("strings_back", Metropipe.Split.Stub.Split("one two  three"), new[] { "one", "two", "three" });
        Check("no_strings", Metropipe.Split.Stub.Split(""), new string[0]);
        Check(
            "matrix",
            Metropipe.Transpose.Stub.Transpose(new[] { new float[] { 1, 2, 3 }, new float[] { 4, 5, 6 } }),
            new[] { new float[] { 1, 4 }, new float[] { 2, 5 }, new float[] { 3, 6 } });
        Check(
            "ragged_rows",
            Metropipe.Transpose.Stub.Transpose(new[] { new float[] { 1, 2 }, new float[0] }),
            new float[0][]);
        byte[] key = Enumerable.Range(0, 16).Select(index => (byte)index).ToArray();
        Check(
            "array",
            Metropipe.Rotate.Stub.Rotate(key),
            new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0 });
        Fails(
            "array_of_wrong_length",
            () => Metropipe.Rotate.Stub.Rotate(new byte[15]),
            "UnfitException",
            "rotate: key: 15 elements given, [u8;16] takes exactly 16");
        Check(
            "options_in_a_list",
            Metropipe.Sparse.Stub.Sparse(new int?[] { 1, null, 0 }),
            new[] { true, false, true });
        Check("ordinary_after_errors", Stub.Arrange(new[] { 2, 1 }), new[] { 1, 2 });
    }
}
