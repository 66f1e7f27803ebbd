import java.math.BigInteger;
import java.util.Objects;

/** Every scalar at its limits. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  static metropipe.floats.stub.FloatsResult floats(float x, double y) {
    return metropipe.floats.stub.floats(x, y);
  }

  static metropipe.floats.stub.FloatsResult result(float x, double y, String bits) {
    return new metropipe.floats.stub.FloatsResult(x, y, bits);
  }

  public static void main(String[] arguments) throws Exception {
    BigInteger largest = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    check(
        "numbers_smallest",
        metropipe.numbers.stub.numbers(
            false,
            Byte.MIN_VALUE,
            Short.MIN_VALUE,
            Integer.MIN_VALUE,
            Long.MIN_VALUE,
            0,
            0,
            0,
            BigInteger.ZERO),
        "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0");
    check(
        "numbers_largest",
        metropipe.numbers.stub.numbers(
            true,
            Byte.MAX_VALUE,
            Short.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            255,
            65535,
            4294967295L,
            largest),
        "True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615");
    check(
        "limits_smallest",
        metropipe.limits.stub.limits(false),
        new metropipe.limits.stub.LimitsResult(
            false,
            Byte.MIN_VALUE,
            Short.MIN_VALUE,
            Integer.MIN_VALUE,
            Long.MIN_VALUE,
            0,
            0,
            0,
            BigInteger.ZERO));
    check(
        "limits_largest",
        metropipe.limits.stub.limits(true),
        new metropipe.limits.stub.LimitsResult(
            true,
            Byte.MAX_VALUE,
            Short.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            255,
            65535,
            4294967295L,
            largest));
    // A record compares floats by their bits, which is what these checks want.
    check("floats_ordinary", floats(0.5f, 0.1), result(0.5f, 0.1, "3f000000 3fb999999999999a"));
    check("floats_negative_zero", floats(-0.0f, -0.0), result(-0.0f, -0.0, "80000000 8000000000000000"));
    check(
        "floats_infinities",
        floats(Float.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
        result(Float.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, "7f800000 fff0000000000000"));
    var nan = floats(Float.NaN, Double.NaN);
    check("floats_nan", Float.isNaN(nan.item0()) && Double.isNaN(nan.item1()), true);
    check(
        "floats_largest_and_smallest",
        floats(Float.MAX_VALUE, Double.MIN_VALUE),
        result(Float.MAX_VALUE, Double.MIN_VALUE, "7f7fffff 0000000000000001"));
  }
}
