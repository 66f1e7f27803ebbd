import java.io.BufferedReader;
import java.io.InputStreamReader;
import metropipe.mix.stub;

/** Does what it is told, a line each. */
final class Caller {
  private Caller() {}

  static String call(int a, int b, String text) {
    try {
      return "= " + stub.mix(a, b, text);
    } catch (RuntimeException error) {
      return "! " + error.getClass().getSimpleName() + " " + error.getMessage();
    }
  }

  static String loop(int count, int a, int rest) throws Exception {
    int right = 0;
    int wrong = 0;
    int failed = 0;
    long slowest = 0;
    String first = "";
    String text = "t" + a;
    for (int i = 0; i < count; i++) {
      if (rest > 0) {
        Thread.sleep(rest);
      }
      long began = System.nanoTime();
      String said = "";
      try {
        String answer = stub.mix(a, i, text);
        if (answer.equals(a + ":" + i + ":" + text)) {
          right++;
        } else {
          wrong++;
          said = answer;
        }
      } catch (RuntimeException error) {
        failed++;
        said = error.getMessage();
      }
      slowest = Math.max(slowest, System.nanoTime() - began);
      first = first.isEmpty() ? said : first;
    }
    long milliseconds = slowest / 1_000_000;
    return "done " + right + " " + wrong + " " + failed + " " + milliseconds + " " + first;
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      int a = Integer.parseInt(words[1]);
      int b = Integer.parseInt(words[2]);
      boolean once = words[0].equals("call");
      System.out.println(once ? call(a, b, words[3]) : loop(a, b, Integer.parseInt(words[3])));
    }
  }
}
