#[path = "metropipe/double/stub.rs"]
mod double;

use double::double;

fn main() {
    let number = double(1);
    check("parent_before", number == Ok(2), number);
    // SAFETY: this program has one thread, so its child may do whatever it likes.
    let child = unsafe { libc::fork() };
    let held = (0..100).all(|k| double(k) == Ok(2 * k));
    if child == 0 {
        std::process::exit(i32::from(!held));
    }
    let mut status = -1;
    // SAFETY: status outlives the call.
    unsafe { libc::waitpid(child, &mut status, 0) };
    check("child", status == 0, status);
    check("child_outlives_parent_call", held, ());
    let number = double(21);
    check("parent_after", number == Ok(42), number);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
