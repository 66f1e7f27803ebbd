// Values that may be absent, both ways.
using System;
using System.Collections;
using Metropipe.Describe;

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
        Check("all_present", Stub.Describe(7, "Ada", 0.5f), "7 'Ada' 0.5");
        Check("all_absent", Stub.Describe(null, null, null), "None None None");
        Check("zero_is_present", Stub.Describe(0, "", 0.0f), "0 '' 0.0");
        Check("some_absent", Stub.Describe(null, "x", null), "None 'x' None");
        Check("number_present", Metropipe.Half.Stub.Half(6), 3);
        Check("number_absent", Metropipe.Half.Stub.Half(7), null);
        Check("text_present", Metropipe.Initial.Stub.Initial("Ada"), "A");
        Check("text_absent", Metropipe.Initial.Stub.Initial(""), null);
    }
}
