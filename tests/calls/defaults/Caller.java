import java.util.Objects;

/** Parameters with defaults, methods, coroutines. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  public static void main(String[] arguments) throws Exception {
    check(
        "all_given",
        metropipe.label.stub.label("a", "b", 3, 1.5f, true, "n"),
        "a|b|3|1.5|True|n");
    check("static_method", metropipe.Shapes_area.stub.Shapes_area(3, 4), 12.0f);
    check("class_method", metropipe.Shapes_name.stub.Shapes_name(), "Shapes");
    check("coroutine", metropipe.later.stub.later(1), 2);
    boolean right = true;
    for (int k = 0; k < 100; k++) {
      right &= metropipe.later.stub.later(k) == k + 1;
    }
    check("coroutine_again", right, true);
  }
}
