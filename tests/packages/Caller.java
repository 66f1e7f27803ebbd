import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public final class Caller {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String word : Files.readAllLines(Path.of("words.txt"))) {
            out.println(metropipe.canonicalize_name.stub.canonicalize_name(word, false));
            out.println(valid(word));
            out.println(metropipe.pluralize.stub.pluralize(word));
            out.println(metropipe.set_cell_size.stub.set_cell_size(word, 5));
            out.println(String.join("|", metropipe.chop_cells.stub.chop_cells(word, 4)));
        }
    }

    private static String valid(String word) {
        try {
            return metropipe.canonicalize_name.stub.canonicalize_name(word, true);
        } catch (metropipe.canonicalize_name.stub.RemoteException error) {
            return error.remoteType() + ": " + error.remoteMessage();
        }
    }
}
