// Every scalar at its limits.
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

    private static void CheckFloats(string name, float x, double y, string bits)
    {
        var got = Metropipe.Floats.Stub.Floats(x, y);
        Check(name, Bits(got.item0, got.item1) + " " + got.item2, Bits(x, y) + " " + bits);
    }

    /// <summary>As they are: -0.0 and 0.0 are equal otherwise.</summary>
    private static string Bits(float x, double y)
    {
        return BitConverter.ToString(BitConverter.GetBytes(x)) + BitConverter.ToString(BitConverter.GetBytes(y));
    }

    private static void Main()
    {
        Check(
            "numbers_smallest",
            Metropipe.Numbers.Stub.Numbers(
                false, sbyte.MinValue, short.MinValue, int.MinValue, long.MinValue, byte.MinValue, ushort.MinValue, uint.MinValue, ulong.MinValue),
            "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0");
        Check(
            "numbers_largest",
            Metropipe.Numbers.Stub.Numbers(
                true, sbyte.MaxValue, short.MaxValue, int.MaxValue, long.MaxValue, byte.MaxValue, ushort.MaxValue, uint.MaxValue, ulong.MaxValue),
            "True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615");
        Check(
            "limits_smallest",
            Metropipe.Limits.Stub.Limits(false),
            new Metropipe.Limits.LimitsResult(
                false, sbyte.MinValue, short.MinValue, int.MinValue, long.MinValue, byte.MinValue, ushort.MinValue, uint.MinValue, ulong.MinValue));
        Check(
            "limits_largest",
            Metropipe.Limits.Stub.Limits(true),
            new Metropipe.Limits.LimitsResult(
                true, sbyte.MaxValue, short.MaxValue, int.MaxValue, long.MaxValue, byte.MaxValue, ushort.MaxValue, uint.MaxValue, ulong.MaxValue));
        CheckFloats("floats_ordinary", 0.5f, 0.1, "3f000000 3fb999999999999a");
        CheckFloats("floats_negative_zero", -0.0f, -0.0, "80000000 8000000000000000");
        CheckFloats("floats_infinities", float.PositiveInfinity, double.NegativeInfinity, "7f800000 fff0000000000000");
        var nan = Metropipe.Floats.Stub.Floats(float.NaN, double.NaN);
        Check("floats_nan", float.IsNaN(nan.item0) && double.IsNaN(nan.item1), true);
        CheckFloats("floats_largest_and_smallest", float.MaxValue, double.Epsilon, "7f7fffff 0000000000000001");
    }
}
