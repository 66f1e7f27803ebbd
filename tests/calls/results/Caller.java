import java.util.List;
import java.util.Objects;

/** Several results, and none. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  public static void main(String[] arguments) throws Exception {
    check(
        "two_results",
        metropipe.divide.stub.divide(17, 5),
        new metropipe.divide.stub.DivideResult(3, 2));
    check(
        "many_results",
        metropipe.analyse.stub.analyse("Ab cd"),
        new metropipe.analyse.stub.AnalyseResult(5, "AB CD", List.of("Ab", "cd"), false));
    check(
        "many_results_of_nothing",
        metropipe.analyse.stub.analyse(""),
        new metropipe.analyse.stub.AnalyseResult(0, "", List.of(), null));
    metropipe.touch.stub.touch("x");
    check("no_result", true, true);
    metropipe.pulse.stub.pulse();
    check("no_argument_no_result", true, true);
    check(
        "no_argument",
        metropipe.origin.stub.origin(),
        new metropipe.origin.stub.OriginResult(0.5f, -0.5f));
    check(
        "tuple_argument",
        metropipe.center.stub.center(new metropipe.center.stub.Box(1, 2)),
        1.5f);
    try {
      metropipe.divide.stub.divide(1, 0);
      check("raised", "no error", "");
    } catch (metropipe.divide.stub.RemoteException error) {
      check("raised", error.remoteType(), "ZeroDivisionError");
    }
  }
}
