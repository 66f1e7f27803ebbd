// Calls the Python function, and says what it returned and how long 10,000 calls took.

import java.util.Arrays;
import metropipe.weekday.stub;

final class Caller {
  // Java is slow before its compiler has seen enough calls.
  private static final int WARM = 50_000;
  private static final int CALLS = 10_000;

  private Caller() {}

  public static void main(String[] args) {
    long[] took = new long[CALLS];
    String result = "";
    for (int i = -WARM; i < CALLS; i++) {
      long start = System.nanoTime();
      result = stub.weekday(1969, 7, 20);
      long elapsed = System.nanoTime() - start;
      if (i >= 0) {
        took[i] = elapsed;
      }
    }
    Arrays.sort(took);
    System.out.println(result + "\t" + took[CALLS / 2] + "\t" + took[CALLS / 100 * 99]);
  }
}
