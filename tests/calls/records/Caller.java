import java.util.List;
import java.util.Objects;

/** Records of every kind, nested. */
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
    var segment =
        new metropipe.length.stub.Segment(
            new metropipe.length.stub.Point(0, 0), new metropipe.length.stub.Point(3, 4), "hyp", 1);
    check("record_in", metropipe.length.stub.length(segment), 5.0f);
    check(
        "nested_in_record_out",
        metropipe.midpoint.stub.midpoint(
            new metropipe.midpoint.stub.Segment(
                new metropipe.midpoint.stub.Point(0, 0),
                new metropipe.midpoint.stub.Point(3, 4),
                "hyp",
                1)),
        new metropipe.midpoint.stub.Point(1.5f, 2));
    check(
        "list_of_records_in_option_out",
        metropipe.bounds.stub.bounds(
            List.of(
                new metropipe.bounds.stub.Point(1, 5),
                new metropipe.bounds.stub.Point(-2, 3),
                new metropipe.bounds.stub.Point(0, 9)),
            "box"),
        new metropipe.bounds.stub.Segment(
            new metropipe.bounds.stub.Point(-2, 3), new metropipe.bounds.stub.Point(1, 9), "box", 3));
    check("option_absent", metropipe.bounds.stub.bounds(List.of(), "box"), null);
    check(
        "mapping_with_tags",
        metropipe.summary.stub.summary(
            new metropipe.summary.stub.Options(
                true,
                List.of(
                    new metropipe.summary.stub.Tag("a", 0.5f),
                    new metropipe.summary.stub.Tag("b", null)))),
        "True a=0.5 b=None");
    check(
        "mapping_without_tags",
        metropipe.summary.stub.summary(new metropipe.summary.stub.Options(false, List.of())),
        "False ");
    check(
        "tag_with_weight",
        metropipe.tag.stub.tag("four"),
        new metropipe.tag.stub.Tag("four", 4.0f));
    check("tag_without_weight", metropipe.tag.stub.tag(""), new metropipe.tag.stub.Tag("", null));
    fails(
        "field_too_long",
        () ->
            metropipe.length.stub.length(
                new metropipe.length.stub.Segment(
                    segment.start(), segment.end(), "x".repeat(252), 1)),
        "UnfitException: length:",
        "252 bytes do not fit string[256], which holds at most 251");
    check("ordinary_after_errors", metropipe.length.stub.length(segment), 5.0f);
  }
}
