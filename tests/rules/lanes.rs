//! Who holds a lane, and until when.

use std::time::Instant;

use crate::consumers::{Consumer, LANES, RUNNING, Watched, built, languages, serve, within};
use crate::support::{Scratch, run_within};
use crate::{SECOND, build_all, signal_group};

#[test]
fn a_seventeenth_consumer_finds_a_lane_while_sixteen_sit_idle() {
    build_all();
    let scratch = Scratch::new();
    let _provider = serve(&scratch, &[]);
    let kinds = [("c", 7), ("python", 4), ("java", 2), ("ruby", 2), ("js", 1)];
    let mut idle: Vec<Consumer> = kinds
        .iter()
        .flat_map(|(language, many)| std::iter::repeat_n(*language, *many))
        .map(|language| Consumer::start(language, &scratch))
        .collect();
    idle.iter_mut().for_each(|consumer| consumer.ask(1));
    assert_eq!(idle.len() as u64, LANES);
    let file = Watched::of(&scratch);
    let kept: Vec<u64> = (0..LANES * 3 / 4).collect();
    assert_eq!(file.taken_lanes(), kept, "the last quarter is free");
    for language in languages() {
        let mut another = Consumer::start(language, &scratch);
        another.ask(1);
        another.ask(2);
        assert_eq!(
            file.taken_lanes(),
            kept,
            "{language}: it gave the lane back"
        );
    }
    idle.iter_mut().for_each(|consumer| consumer.ask(2));
}

#[test]
fn a_call_broken_off_by_ctrl_c_leaves_the_next_one_right() {
    let scratch = Scratch::new();
    let _provider = serve(&scratch, &["--workers", "4"]);
    let file = Watched::of(&scratch);
    for (language, error) in [("python", "KeyboardInterrupt"), ("ruby", "Interrupt")] {
        let mut consumer = Consumer::start(language, &scratch);
        consumer.ask(0);
        for _ in 0..3 {
            consumer.tell("call 1 1 nap-0.5");
            within(5 * SECOND, "it runs", || {
                file.with_status(RUNNING).len() == 1
            });
            consumer.process.signal(libc::SIGINT);
            let said = consumer.line();
            assert!(said.starts_with(&format!("! {error}")), "{said}");
            // Calls without a pause, while the late answer is on its way, comes, and has come.
            let end = Instant::now() + SECOND;
            while Instant::now() < end {
                consumer.tell("loop 5000 1 0");
                let line = consumer.line();
                assert!(line.starts_with("done 5000 0 0 "), "{language}: {line}");
            }
        }
    }
}

#[test]
fn whom_ctrl_c_ends_leaves_a_lane_that_others_can_take() {
    build_all();
    let scratch = Scratch::new();
    let _provider = serve(&scratch, &["--workers", "12"]);
    let file = Watched::of(&scratch);
    let mut all: Vec<Consumer> = languages()
        .filter(|language| !["python", "ruby"].contains(language))
        .map(|language| Consumer::start(language, &scratch))
        .collect();
    for consumer in &mut all {
        consumer.ask(0);
        consumer.tell("call 1 1 nap-2");
    }
    within(10 * SECOND, "all run", || {
        file.with_status(RUNNING).len() == all.len()
    });
    for consumer in &mut all {
        signal_group(consumer, libc::SIGINT);
        consumer.process.wait_for(10 * SECOND);
    }
    // The words are cleared when the calls have ended, for nobody waits any more.
    within(10 * SECOND, "no lane is taken, none is busy", || {
        file.taken_lanes().is_empty() && file.with_status(RUNNING).is_empty()
    });
    let mut next: Vec<Consumer> = (0..LANES * 3 / 4)
        .map(|_| Consumer::start("c", &scratch))
        .collect();
    next.iter_mut().for_each(|consumer| consumer.ask(1));
    assert_eq!(file.taken_lanes().len() as u64, LANES * 3 / 4);
}

const JAVA: &str = r#"
final class Two {
  private Two() {}

  interface Mix {
    String of(int a, int b, String text);
  }

  static int wrong;

  static Thread calls(int a, Mix mix) {
    Thread thread =
        new Thread(
            () -> {
              for (int b = 0; b < 1000; b++) {
                String answer = mix.of(a, b, "t" + a);
                if (!answer.equals(a + ":" + b + ":t" + a)) {
                  synchronized (Two.class) {
                    wrong++;
                  }
                }
              }
            });
    thread.start();
    return thread;
  }

  public static void main(String[] arguments) throws Exception {
    // One has its lane when the other opens the file.
    metropipe.mix.stub.mix(0, 0, "");
    metropipe.again.stub.mix(0, 0, "");
    Thread[] threads = {
      calls(1, metropipe.mix.stub::mix), calls(2, metropipe.again.stub::mix),
      calls(3, metropipe.mix.stub::mix), calls(4, metropipe.again.stub::mix)
    };
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("wrong " + wrong);
    new ProcessBuilder("python3", "held.py").inheritIO().start().waitFor();
  }
}
"#;

const CSHARP: &str = r#"
using System;
using System.Diagnostics;
using System.Threading;

internal static class Two
{
    private static int wrong;

    private static Thread Calls(int a, Func<int, int, string, string> mix)
    {
        var thread = new Thread(() =>
        {
            for (int b = 0; b < 1000; b++)
            {
                if (mix(a, b, "t" + a) != a + ":" + b + ":t" + a)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });
        thread.Start();
        return thread;
    }

    private static void Main()
    {
        // One has its lane when the other opens the file.
        Metropipe.Mix.Stub.Mix(0, 0, string.Empty);
        Metropipe.Again.Stub.Mix(0, 0, string.Empty);
        Thread[] threads =
        {
            Calls(1, (a, b, text) => Metropipe.Mix.Stub.Mix(a, b, text)), Calls(2, (a, b, text) => Metropipe.Again.Stub.Mix(a, b, text)),
            Calls(3, (a, b, text) => Metropipe.Mix.Stub.Mix(a, b, text)), Calls(4, (a, b, text) => Metropipe.Again.Stub.Mix(a, b, text)),
        };
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Console.WriteLine("wrong " + wrong);
        using (var held = Process.Start(new ProcessStartInfo("python3", "held.py") { UseShellExecute = false, RedirectStandardOutput = true }))
        {
            Console.Write(held.StandardOutput.ReadToEnd());
        }
    }
}
"#;

/// From outside: every lane that says that somebody has it is locked, and more than one is.
const HELD: &str = r#"
import fcntl, os, struct

file = os.open(os.environ["METROPIPE_DIR"] + "/metro_mix", os.O_RDWR)
owned = [lane for lane in range(16) if os.pread(file, 4, lane * 4160 + 4) != bytes(4)]
lost = []
for lane in owned:
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, lane * 4160 + 4, 4, 0)
    if struct.unpack("hhqqi4x", fcntl.fcntl(file, 36, asked))[0] == fcntl.F_UNLCK:
        lost.append(lane)
print("lanes" if len(owned) > 1 else "one lane", "lost", lost)
"#;

/// Two classes that know nothing of each other open, lock and close one file: POSIX locks belong to the process,
/// would exclude neither, and would all be lost with the first descriptor that is closed.
#[track_caller]
fn check_two_stubs(
    language: &'static str,
    main: &str,
    text: &str,
    names: (&str, &str),
    program: &str,
) {
    let scratch = Scratch::new();
    let _provider = serve(&scratch, &["--workers", "4"]);
    let stub = main.replace("Two", "stub");
    let generated = built(language).join("metropipe/mix").join(&stub);
    let own = std::fs::read_to_string(generated).unwrap();
    scratch.write(main, text);
    scratch.write("held.py", HELD);
    scratch.write(format!("again/{stub}"), own.replace(names.0, names.1));
    scratch.write(format!("mix/{stub}"), own);
    let mut command = scratch.command("sh");
    command.args(["-c", program]);
    let output = run_within(command, 120 * SECOND).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "wrong 0\nlanes lost []\n", "{errors}");
}

#[test]
fn two_stubs_of_one_channel_share_no_lane_in_a_jvm() {
    check_two_stubs(
        "java",
        "Two.java",
        JAVA,
        ("package metropipe.mix;", "package metropipe.again;"),
        "javac -d . Two.java mix/stub.java again/stub.java && exec java -cp . Two",
    );
}

#[test]
fn two_stubs_of_one_channel_share_no_lane_in_a_clr() {
    check_two_stubs(
        "csharp",
        "Two.cs",
        CSHARP,
        ("Metropipe.Mix", "Metropipe.Again"),
        "mcs -unsafe -out:two.exe Two.cs mix/stub.cs again/stub.cs && exec mono two.exe",
    );
}
