import java.util.Objects;

/** Two functions in one program. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  public static void main(String[] arguments) throws Exception {
    check("first", metropipe.greet.stub.greet(new metropipe.greet.stub.Person("Ada", 36), true), "Good day, Ada");
    check("second", metropipe.older.stub.older(new metropipe.older.stub.Person("Ada", 36), 4), new metropipe.older.stub.Person("Ada", 40));
    check("first_again", metropipe.greet.stub.greet(new metropipe.greet.stub.Person("Ada", 36), false), "Hi, Ada");
    boolean right = true;
    for (int turn = 0; turn < 100; turn++) {
      right &= metropipe.greet.stub.greet(new metropipe.greet.stub.Person("Ada", turn), true).equals("Good day, Ada");
      right &= metropipe.older.stub.older(new metropipe.older.stub.Person("Ada", turn), 1).age() == turn + 1;
    }
    check("both_in_turn", right, true);
  }
}
