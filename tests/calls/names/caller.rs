#[path = "metropipe/new/stub.rs"]
mod new;
#[path = "metropipe/select/stub.rs"]
mod select;

fn main() {
    #[rustfmt::skip]
    let sum = select::select(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
        23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,
        43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
        63, 64, 65, 66, 67,
    );
    check("every_name_is_its_own_argument", sum == Ok(102510), sum);
    let text = new::new("ab", 2);
    let held = text.as_deref() == Ok("abab");
    check("a_function_named_like_a_keyword", held, text);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
