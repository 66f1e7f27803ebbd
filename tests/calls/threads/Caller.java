import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import metropipe.mix.stub;

/** Many threads at once. */
final class Caller {
  private Caller() {}

  static void check(String name, Object got, Object wanted) {
    boolean holds = Objects.deepEquals(got, wanted);
    System.out.println(holds ? "ok " + name : "FAIL " + name + ": got " + got);
  }

  public static void main(String[] arguments) throws Exception {
    AtomicInteger right = new AtomicInteger();
    Thread[] threads = new Thread[8];
    for (int index = 0; index < threads.length; index++) {
      int thread = index;
      threads[index] =
          new Thread(
              () -> {
                for (int i = 0; i < 500; i++) {
                  String wanted = thread + ":" + i + ":t" + thread;
                  if (stub.mix(thread, i, "t" + thread).equals(wanted)) {
                    right.incrementAndGet();
                  }
                }
              });
      threads[index].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    check("eight_threads", right.get(), 4000);
  }
}
