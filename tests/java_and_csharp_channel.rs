//! What is a matter of its own in a JVM and a CLR: two stubs of one channel in one process, of which one
//! is out of date, and a provider that dies within a call.

mod support;

use std::time::Duration;

use support::{Running, Scratch, run_within, start_provider};

const SERVICES: &str = "\
import os
import signal


def twice(k: int) -> int:
    return 2 * k


def vanish(k: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return k
";

/// Whether another process than this one holds the first lane of `twice`.
const HELD: &str = "\
import fcntl
import os
import struct

file = os.open(os.environ['METROPIPE_DIR'] + '/metro_twice', os.O_RDWR)
lock = fcntl.fcntl(file, fcntl.F_OFD_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 4, 4, 0))
print('free' if struct.unpack('hhqqi4x', lock)[0] == fcntl.F_UNLCK else 'held')
";

const JAVA: &str = r#"
final class Caller {
  private Caller() {}

  static void say(java.util.function.IntSupplier call) {
    try {
      System.out.println(call.getAsInt());
    } catch (RuntimeException error) {
      System.out.println(error.getClass().getSimpleName() + " " + run(error.getMessage()));
    }
  }

  static String run(String message) {
    return message.substring(message.lastIndexOf("(the function"));
  }

  static void held() throws Exception {
    Process process = new ProcessBuilder("python3", "held.py").start();
    System.out.print(new String(process.getInputStream().readAllBytes()));
  }

  public static void main(String[] arguments) throws Exception {
    say(() -> metropipe.twice.stub.twice(21));
    say(() -> metropipe.older.stub.twice(21));
    say(() -> metropipe.older.stub.twice(21));
    held();
    say(() -> metropipe.twice.stub.twice(21));
    long began = System.nanoTime();
    say(() -> metropipe.vanish.stub.vanish(1));
    say(() -> metropipe.vanish.stub.vanish(1));
    System.out.println(System.nanoTime() - began < 1_000_000_000L ? "soon" : "late");
  }
}
"#;

const CSHARP: &str = r#"
using System;
using System.Diagnostics;

internal static class Caller
{
    private static void Say(Func<int> call)
    {
        try
        {
            Console.WriteLine(call());
        }
        catch (Exception error)
        {
            string run = error.Message.Substring(error.Message.LastIndexOf("(the function", StringComparison.Ordinal));
            Console.WriteLine(error.GetType().Name + " " + run);
        }
    }

    private static void Held()
    {
        var start = new ProcessStartInfo("python3", "held.py") { RedirectStandardOutput = true, UseShellExecute = false };
        using (var process = Process.Start(start))
        {
            Console.Write(process.StandardOutput.ReadToEnd());
        }
    }

    private static void Main()
    {
        Say(() => Metropipe.Twice.Stub.Twice(21));
        Say(() => Metropipe.Older.Stub.Twice(21));
        Say(() => Metropipe.Older.Stub.Twice(21));
        Held();
        Say(() => Metropipe.Twice.Stub.Twice(21));
        var clock = Stopwatch.StartNew();
        Say(() => Metropipe.Vanish.Stub.Vanish(1));
        Say(() => Metropipe.Vanish.Stub.Vanish(1));
        Console.WriteLine(clock.Elapsed.TotalSeconds < 1 ? "soon" : "late");
    }
}
"#;

const EXPECTED: &str = "\
42
LayoutMismatchException (the function was not run)
LayoutMismatchException (the function was not run)
held
42
ChannelException (the function may have run)
NoProviderException (the function was not run)
soon
";

#[test]
fn a_jvm_keeps_its_locks_whatever_its_classes_do() {
    let compile = "javac -Xlint:all -Werror -d . Caller.java metropipe/*/stub.java";
    check(
        "java",
        "Caller.java",
        JAVA,
        ("metropipe.twice", "metropipe.older"),
        &format!("{compile} && java -cp . Caller"),
    );
}

#[test]
fn a_clr_keeps_its_locks_whatever_its_classes_do() {
    let compile = "mcs -unsafe -warnaserror -out:caller.exe Caller.cs metropipe/*/stub.cs";
    check(
        "csharp",
        "Caller.cs",
        CSHARP,
        ("Metropipe.Twice", "Metropipe.Older"),
        &format!("{compile} && mono caller.exe"),
    );
}

#[track_caller]
fn check(target: &str, caller: &str, text: &str, renamed: (&str, &str), program: &str) {
    let scratch = Scratch::new();
    scratch.write("services.py", SERVICES);
    scratch.write("held.py", HELD);
    scratch.write(caller, text);
    scratch.metropipe_ok(["export", "--all", "services.py", "--target", target]);
    older_stub(&scratch, caller, renamed);
    let _providers: Vec<Running> = ["twice", "vanish"]
        .into_iter()
        .map(|function| {
            let mut provider = scratch.command("python3");
            provider.arg(format!("metropipe/{function}/provider.py"));
            start_provider(provider)
        })
        .collect();
    let mut command = scratch.command("sh");
    command.args(["-c", program]);
    let output = run_within(command, Duration::from_secs(120)).expect("the program ends");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EXPECTED,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A second stub of the same channel, which believes in another layout.
fn older_stub(scratch: &Scratch, caller: &str, (package, renamed): (&str, &str)) {
    let file = caller.replace("Caller", "stub");
    let text = std::fs::read_to_string(scratch.join(format!("metropipe/twice/{file}"))).unwrap();
    let fingerprint = metropipe::layout::fingerprint("(i32)->i32");
    let own = format!("0x{fingerprint:08x}");
    assert!(text.contains(&own) && text.contains(package));
    let older = text.replace(&own, "0x00000001").replace(package, renamed);
    scratch.write(format!("metropipe/older/{file}"), older);
}
