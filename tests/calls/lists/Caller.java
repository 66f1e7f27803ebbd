import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import metropipe.arrange.stub;

/** Lists, arrays, and lists of lists. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  /** The class and the message of what a call throws. */
  static String error(Runnable call) {
    try {
      call.run();
      return "no error";
    } catch (RuntimeException thrown) {
      return thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    }
  }

  static void fails(String name, Runnable call, String... parts) {
    String error = error(call);
    boolean holds = true;
    for (String part : parts) {
      holds &= error.contains(part);
    }
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + error);
  }

  public static void main(String[] arguments) throws Exception {
    int[] upwards = new int[1023];
    int[] downwards = new int[1023];
    for (int index = 0; index < 1023; index++) {
      upwards[index] = index + 1;
      downwards[index] = 1023 - index;
    }
    check("empty", stub.arrange(new int[0]), new int[0]);
    check("ordinary", stub.arrange(new int[] {3, -1, 2}), new int[] {-1, 2, 3});
    check("full", stub.arrange(downwards), upwards);
    fails(
        "too_long",
        () -> stub.arrange(new int[1024]),
        "UnfitException",
        "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023");
    check("strings", metropipe.join.stub.join(List.of("a", "", "🦀"), ", "), "a, , 🦀");
    check("strings_back", metropipe.split.stub.split("one two  three"), List.of("one", "two", "three"));
    check("no_strings", metropipe.split.stub.split(""), List.of());
    check(
        "matrix",
        metropipe.transpose.stub.transpose(List.of(new float[] {1, 2, 3}, new float[] {4, 5, 6})).toArray(),
        new float[][] {{1, 4}, {2, 5}, {3, 6}});
    check(
        "ragged_rows",
        metropipe.transpose.stub.transpose(List.of(new float[] {1, 2}, new float[0])),
        List.of());
    int[] key = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    check(
        "array",
        metropipe.rotate.stub.rotate(key),
        new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0});
    fails(
        "array_of_wrong_length",
        () -> metropipe.rotate.stub.rotate(new int[15]),
        "UnfitException",
        "rotate: key: 15 elements given, [u8;16] takes exactly 16");
    check(
        "options_in_a_list",
        metropipe.sparse.stub.sparse(Arrays.asList(1, null, 0)),
        new boolean[] {true, false, true});
    check("ordinary_after_errors", stub.arrange(new int[] {2, 1}), new int[] {1, 2});
  }
}
