// Two functions in one program.
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
        Check("first", Metropipe.Greet.Stub.Greet(new Metropipe.Greet.Person("Ada", 36), true), "Good day, Ada");
        Check("second", Metropipe.Older.Stub.Older(new Metropipe.Older.Person("Ada", 36), 4), new Metropipe.Older.Person("Ada", 40));
        Check("first_again", Metropipe.Greet.Stub.Greet(new Metropipe.Greet.Person("Ada", 36), false), "Hi, Ada");
        bool right = true;
        for (int turn = 0; turn < 100; turn++)
        {
            right &= Metropipe.Greet.Stub.Greet(new Metropipe.Greet.Person("Ada", turn), true) == "Good day, Ada";
            right &= Metropipe.Older.Stub.Older(new Metropipe.Older.Person("Ada", turn), 1).Age == turn + 1;
        }

        Check("both_in_turn", right, true);
    }
}
