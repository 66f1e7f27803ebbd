import java.time.Duration;
import java.util.Objects;
import metropipe.fail.stub;

/** Calls that fail. */
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

  static stub.RemoteException raised(String how) {
    try {
      stub.fail(how);
      throw new AssertionError(how + ": no error");
    } catch (stub.RemoteException error) {
      return error;
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      System.out.println(error(() -> stub.fail("")));
      return;
    }
    var value = raised("value");
    check(
        "value_error",
        value.remoteType().equals("ValueError")
            && value.remoteMessage().equals("k must be positive: naïve ☃")
            && value.getMessage().startsWith("fail: ValueError: k must"),
        true);
    var own = raised("own");
    check("own_error", own.remoteType() + ": " + own.remoteMessage(), "Refused: no\nway");
    var tooLong = raised("long");
    check(
        "long_message",
        tooLong.remoteType().equals("RuntimeError")
            && tooLong.remoteMessage().startsWith("é".repeat(1000))
            && tooLong.remoteMessage().chars().allMatch(each -> each == 'é'),
        true);
    check("exit_is_an_answer", raised("exit").remoteType(), "SystemExit");
    check("empty_message", raised("empty").remoteType(), "KeyError");
    check("ordinary_after_errors", stub.fail(""), 7);
    long began = System.nanoTime();
    String late = error(() -> metropipe.doze.stub.doze(Duration.ofMillis(200), 1.0f));
    check(
        "timeout",
        late.startsWith("TimeoutException: doze:")
            && late.contains("may still run")
            && System.nanoTime() - began < 1_000_000_000L,
        true);
    check("ordinary_after_timeout", metropipe.doze.stub.doze(0.0f), 0.0f);
    String absent = error(() -> metropipe.absent.stub.absent(1));
    check(
        "no_provider",
        absent.startsWith("NoProviderException: absent:")
            && absent.matches(".*absent[_/]provider\\.py.*"),
        true);
    fails(
        "layout_mismatch",
        () -> metropipe.changed.stub.changed(1),
        "LayoutMismatchException: changed:",
        "(i32)->i32",
        "(i32,string[256])->i32");
    // The variable is read once: in a process of its own.
    ProcessBuilder again =
        new ProcessBuilder(
            "java", "-cp", System.getProperty("java.class.path"), "Caller", "bad timeout variable");
    again.environment().put("METROPIPE_TIMEOUT_MS", "soon");
    String output = new String(again.start().getInputStream().readAllBytes());
    check("bad_timeout_variable", output.contains("METROPIPE_TIMEOUT_MS"), true);
  }
}
