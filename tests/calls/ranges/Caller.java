import java.util.Objects;
import metropipe.square.stub;

/** Numbers that their wire type cannot hold. */
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
    check("ordinary", metropipe.scale.stub.scale(3, 0.5f), 1.5f);
    check("k_largest", metropipe.scale.stub.scale(2147483647, 0.0f), 0.0f);
    fails(
        "result_too_large",
        () -> stub.square(65536),
        "ChannelException: square:",
        "the result does not fit",
        "i32");
    check("ordinary_after_errors", metropipe.scale.stub.scale(2, 2.0f), 4.0f);
  }
}
