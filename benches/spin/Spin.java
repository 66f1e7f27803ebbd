import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The least that a Java caller can take: one word to and fro. Usage: Spin FILE COUNT; prints nanoseconds, a line a call. */
public final class Spin {
    public static void main(String[] arguments) throws Exception {
        VarHandle word = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
        int count = Integer.parseInt(arguments[1]);
        long[] took = new long[count];
        try (FileChannel file = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var page = file.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                word.setRelease(page, 0, 1);
                while ((int) word.getAcquire(page, 0) != 3) {
                    Thread.onSpinWait();
                }
                took[i] = System.nanoTime() - start;
            }
        }
        var out = new StringBuilder();
        for (long nanoseconds : took) {
            out.append(nanoseconds).append('\n');
        }
        System.out.print(out);
    }
}
