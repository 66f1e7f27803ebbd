#[path = "metropipe/echo/stub.rs"]
mod echo;
#[path = "metropipe/measure/stub.rs"]
mod measure;
#[path = "metropipe/repeat/stub.rs"]
mod repeat;
#[path = "metropipe/reverse/stub.rs"]
mod reverse;

use echo::echo;
use measure::measure;
use repeat::repeat;
use reverse::reverse;

fn main() {
    let text = echo("");
    check("empty", text.as_deref() == Ok(""), text);
    let full = "x".repeat(251);
    let text = echo(&full);
    check("full", text.as_deref() == Ok(full.as_str()), text);
    let text = echo(&"x".repeat(252));
    let wanted = "echo: text: 252 bytes do not fit string[256], which holds at most 251";
    let held = matches!(&text, Err(echo::Error::Unfit(text)) if text.contains(wanted));
    check("too_long", held, text);
    let text = echo("grüße 🦀 漢字");
    check("emoji", text.as_deref() == Ok("grüße 🦀 漢字"), text);
    let count = measure("🦀🦀");
    check("emoji_counts_once", count == Ok(2), count);
    let crabs = "🦀".repeat(62);
    let count = measure(&format!("{crabs}xxx"));
    check("emoji_full", count == Ok(65), count);
    let count = measure(&"🦀".repeat(63));
    let wanted = "measure: text: 252 bytes do not fit string[256], which holds at most 251";
    let held = matches!(&count, Err(measure::Error::Unfit(text)) if text.contains(wanted));
    check("emoji_too_long", held, count);
    let text = echo("a\0b");
    let held = match &text {
        Err(echo::Error::Unfit(text)) => text.contains("echo: text:") && text.contains("NUL"),
        _ => false,
    };
    check("embedded_nul", held, text);

    let text = repeat("x", 251);
    check("result_full", text.as_deref() == Ok(full.as_str()), text);
    let text = repeat("x", 252);
    let wanted = "the result does not fit";
    let held = matches!(&text, Err(repeat::Error::Channel(text)) if text.contains(wanted));
    check("result_too_long", held, text);

    let bytes = reverse(&[]);
    check("bytes_empty", bytes == Ok(vec![]), bytes);
    let all: Vec<u8> = (0..=255).collect();
    let bytes = reverse(&all);
    let wanted = all.iter().rev().copied().collect();
    check("bytes_all_values", bytes == Ok(wanted), bytes);
    let mut most = vec![0; 4092];
    most[0] = 1;
    let bytes = reverse(&most);
    most.reverse();
    check("bytes_full", bytes == Ok(most), bytes);
    let bytes = reverse(&[0; 4093]);
    let wanted = "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092";
    let held = matches!(&bytes, Err(reverse::Error::Unfit(text)) if text.contains(wanted));
    check("bytes_too_long", held, bytes);
    let text = echo("again");
    check(
        "ordinary_after_errors",
        text.as_deref() == Ok("again"),
        text,
    );
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
