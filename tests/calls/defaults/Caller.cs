// Parameters with defaults, methods, coroutines.
using System;
using System.Collections;
using Metropipe.Label;

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
        Check("all_given", Stub.Label("a", "b", 3, 1.5f, true, "n"), "a|b|3|1.5|True|n");
        Check("all_defaults", Stub.Label("a"), "a|=> \"$HOME\" '\\n'|2|0.5|False|None");
        Check("static_method", Metropipe.Shapes_area.Stub.Shapes_area(3, 4), 12.0f);
        Check("class_method", Metropipe.Shapes_name.Stub.Shapes_name(), "Shapes");
        Check("coroutine", Metropipe.Later.Stub.Later(1), 2);
        bool right = true;
        for (int k = 0; k < 100; k++)
        {
            right &= Metropipe.Later.Stub.Later(k) == k + 1;
        }

        Check("coroutine_again", right, true);
    }
}
