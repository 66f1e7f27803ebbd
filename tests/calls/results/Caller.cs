// Several results, and none.
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

    private static void Main()
    {
        Check("two_results", Metropipe.Divide.Stub.Divide(17, 5), (3, 2));
        var many = Metropipe.Analyse.Stub.Analyse("Ab cd");
        Check(
            "many_results",
            many.item0 == 5 && many.item1 == "AB CD" && string.Join("|", many.item2) == "Ab|cd" && many.item3 == false,
            true);
        var none = Metropipe.Analyse.Stub.Analyse("");
        Check(
            "many_results_of_nothing",
            none.item0 == 0 && none.item1 == "" && none.item2.Length == 0 && none.item3 == null,
            true);
        Metropipe.Touch.Stub.Touch("x");
        Check("no_result", true, true);
        Metropipe.Pulse.Stub.Pulse();
        Check("no_argument_no_result", true, true);
        Check("no_argument", Metropipe.Origin.Stub.Origin(), (0.5f, -0.5f));
        Check("tuple_argument", Metropipe.Center.Stub.Center(new Metropipe.Center.Box(1, 2)), 1.5f);
        try
        {
            Metropipe.Divide.Stub.Divide(1, 0);
            Check("raised", "no error", "");
        }
        catch (Metropipe.Divide.RemoteException error)
        {
            Check("raised", error.RemoteType, "ZeroDivisionError");
        }
    }
}
