#[path = "metropipe/absent/stub.rs"]
mod absent;
#[path = "metropipe/changed/stub.rs"]
mod changed;
#[path = "metropipe/doze/stub.rs"]
mod doze;
#[path = "metropipe/fail/stub.rs"]
mod fail;

use std::time::{Duration, Instant};

fn main() {
    if std::env::args().len() > 1 {
        println!("{:?}", fail::fail("").map_err(|error| error.to_string()));
        return;
    }
    let (kind, message, text) = remote("value");
    let held = kind == "ValueError" && message == "k must be positive: naïve ☃";
    let held = held && text.starts_with("fail: ValueError: k must");
    check("value_error", held, text);
    let (kind, message, text) = remote("own");
    check("own_error", kind == "Refused" && message == "no\nway", text);
    let (kind, message, text) = remote("long");
    let held = kind == "RuntimeError" && message.starts_with(&"é".repeat(1000));
    check("long_message", held && !message.contains('\u{fffd}'), text);
    let (kind, _, text) = remote("exit");
    check("exit_is_an_answer", kind == "SystemExit", text);
    let (kind, _, text) = remote("empty");
    check("empty_message", kind == "KeyError", text);
    let number = fail::fail("");
    check("ordinary_after_errors", number == Ok(7), number);

    let start = Instant::now();
    let slept = doze::doze_with_timeout(Duration::from_millis(200), 1.0);
    let held = matches!(&slept, Err(doze::Error::Timeout(text)) if text.contains("may still run"));
    check(
        "timeout",
        held && start.elapsed() < Duration::from_secs(1),
        slept,
    );
    let slept = doze::doze(0.0);
    check("ordinary_after_timeout", slept == Ok(0.0), slept);
    let number = absent::absent(1);
    let held = matches!(&number, Err(absent::Error::NoProvider(text)) if text.contains("absent/provider.py"));
    check("no_provider", held, number);
    let number = changed::changed(1);
    let held = match &number {
        Err(changed::Error::LayoutMismatch(text)) => {
            text.contains("(i32)->i32") && text.contains("(i32,string[256])->i32")
        }
        _ => false,
    };
    check("layout_mismatch", held, number);

    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("again")
        .env("METROPIPE_TIMEOUT_MS", "soon")
        .output()
        .unwrap();
    let said = String::from_utf8(again.stdout).unwrap();
    let held = said.starts_with("Err") && said.contains("METROPIPE_TIMEOUT_MS");
    check("bad_timeout_variable", held, said);
}

fn remote(how: &str) -> (String, String, String) {
    match fail::fail(how) {
        Err(error) => {
            let text = error.to_string();
            match error {
                fail::Error::Remote { kind, message, .. } => (kind, message, text),
                _ => (String::new(), String::new(), text),
            }
        }
        Ok(number) => (String::new(), String::new(), number.to_string()),
    }
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
