// Records of every kind, nested.
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
        var segment = new Metropipe.Length.Segment(
            new Metropipe.Length.Point(0, 0), new Metropipe.Length.Point(3, 4), "hyp", 1);
        Check("record_in", Metropipe.Length.Stub.Length(segment), 5.0f);
        Check(
            "nested_in_record_out",
            Metropipe.Midpoint.Stub.Midpoint(
                new Metropipe.Midpoint.Segment(
                    new Metropipe.Midpoint.Point(0, 0), new Metropipe.Midpoint.Point(3, 4), "hyp", 1)),
            new Metropipe.Midpoint.Point(1.5f, 2));
        var points = new[]
        {
            new Metropipe.Bounds.Point(1, 5),
            new Metropipe.Bounds.Point(-2, 3),
            new Metropipe.Bounds.Point(0, 9),
        };
        Check(
            "list_of_records_in_option_out",
            Metropipe.Bounds.Stub.Bounds(points, "box"),
            new Metropipe.Bounds.Segment(
                new Metropipe.Bounds.Point(-2, 3), new Metropipe.Bounds.Point(1, 9), "box", 3));
        Check("option_absent", Metropipe.Bounds.Stub.Bounds(new Metropipe.Bounds.Point[0], "box"), null);
        var tags = new[] { new Metropipe.Summary.Tag("a", 0.5f), new Metropipe.Summary.Tag("b", null) };
        Check(
            "mapping_with_tags",
            Metropipe.Summary.Stub.Summary(new Metropipe.Summary.Options(true, tags)),
            "True a=0.5 b=None");
        Check(
            "mapping_without_tags",
            Metropipe.Summary.Stub.Summary(new Metropipe.Summary.Options(false, new Metropipe.Summary.Tag[0])),
            "False ");
        Check("tag_with_weight", Metropipe.Tag.Stub.Tag("four"), new Metropipe.Tag.Tag("four", 4));
        Check("tag_without_weight", Metropipe.Tag.Stub.Tag(""), new Metropipe.Tag.Tag("", null));
        Fails(
            "field_too_long",
            () => Metropipe.Length.Stub.Length(
                new Metropipe.Length.Segment(segment.Start, segment.End, new string('x', 252), 1)),
            "UnfitException: length:",
            "252 bytes do not fit string[256], which holds at most 251");
        Check("ordinary_after_errors", Metropipe.Length.Stub.Length(segment), 5.0f);
    }
}
