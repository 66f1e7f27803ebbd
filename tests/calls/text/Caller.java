import java.util.Arrays;
import java.util.Objects;
import metropipe.echo.stub;

/** Strings and bytes at their limits. */
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
    check("empty", stub.echo(""), "");
    check("full", stub.echo("x".repeat(251)), "x".repeat(251));
    String tooLong = "echo: text: 252 bytes do not fit string[256], which holds at most 251";
    fails("too_long", () -> stub.echo("x".repeat(252)), "UnfitException", tooLong);
    check("emoji", stub.echo("grüße 🦀 漢字"), "grüße 🦀 漢字");
    check("emoji_counts_once", metropipe.measure.stub.measure("🦀🦀"), 2);
    check("emoji_full", metropipe.measure.stub.measure("🦀".repeat(62) + "xxx"), 65);
    fails("emoji_too_long", () -> stub.echo("🦀".repeat(63)), "UnfitException", tooLong);
    fails("embedded_nul", () -> stub.echo("a\0b"), "UnfitException", "echo: text:", "NUL");
    fails("lone_surrogate", () -> stub.echo("\ud800"), "UnfitException", "echo: text:");
    check("result_full", metropipe.repeat.stub.repeat("x", 251), "x".repeat(251));
    fails(
        "result_too_long",
        () -> metropipe.repeat.stub.repeat("x", 252),
        "ChannelException: repeat:",
        "the result does not fit");
    byte[] all = new byte[256];
    byte[] reversed = new byte[256];
    for (int index = 0; index < 256; index++) {
      all[index] = (byte) index;
      reversed[255 - index] = (byte) index;
    }
    byte[] full = new byte[4092];
    full[0] = 1;
    byte[] fullReversed = new byte[4092];
    fullReversed[4091] = 1;
    check("bytes_empty", metropipe.reverse.stub.reverse(new byte[0]), new byte[0]);
    check("bytes_all_values", metropipe.reverse.stub.reverse(all), reversed);
    check("bytes_full", metropipe.reverse.stub.reverse(full), fullReversed);
    fails(
        "bytes_too_long",
        () -> metropipe.reverse.stub.reverse(Arrays.copyOf(full, 4093)),
        "UnfitException",
        "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092");
    check("ordinary_after_errors", stub.echo("again"), "again");
  }
}
