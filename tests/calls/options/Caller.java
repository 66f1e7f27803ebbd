import java.util.Objects;
import metropipe.describe.stub;

/** Values that may be absent, both ways. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  public static void main(String[] arguments) throws Exception {
    check("all_present", stub.describe(7, "Ada", 0.5f), "7 'Ada' 0.5");
    check("all_absent", stub.describe(null, null, null), "None None None");
    check("zero_is_present", stub.describe(0, "", 0.0f), "0 '' 0.0");
    check("some_absent", stub.describe(null, "x", null), "None 'x' None");
    check("number_present", metropipe.half.stub.half(6), 3);
    check("number_absent", metropipe.half.stub.half(7), null);
    check("text_present", metropipe.initial.stub.initial("Ada"), "A");
    check("text_absent", metropipe.initial.stub.initial(""), null);
  }
}
