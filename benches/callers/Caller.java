/** {@code Caller FUNCTION COUNT}: nanoseconds, a line a call. */
public final class Caller {
    private static final byte[] SMALL = new byte[4092];
    private static final byte[] LARGE = new byte[2097152];

    private static void call(String function) {
        switch (function) {
            case "add" -> metropipe.add.stub.add(2, 3);
            case "classify" -> metropipe.classify.stub.classify("some text", 3, 0.5f, true);
            case "echo_small" -> metropipe.echo_small.stub.echo_small(SMALL);
            default -> metropipe.echo_large.stub.echo_large(LARGE);
        }
    }

    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[1]);
        // The compiler wants to see a call often before it makes it quick.
        int warm = Math.max(count / 4, count >= 10000 ? 30000 : 0);
        long[] took = new long[count];
        for (int i = -warm; i < count; i++) {
            long start = System.nanoTime();
            call(arguments[0]);
            long elapsed = System.nanoTime() - start;
            if (i >= 0) {
                took[i] = elapsed;
            }
        }
        var out = new StringBuilder();
        for (long nanoseconds : took) {
            out.append(nanoseconds).append('\n');
        }
        System.out.print(out);
    }
}
