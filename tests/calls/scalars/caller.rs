#[path = "metropipe/floats/stub.rs"]
mod floats;
#[path = "metropipe/limits/stub.rs"]
mod limits;
#[path = "metropipe/numbers/stub.rs"]
mod numbers;

use floats::floats;
use limits::limits;
use numbers::numbers;

fn main() {
    let (a, b, c, d) = (i8::MIN, i16::MIN, i32::MIN, i64::MIN);
    let text = numbers(false, a, b, c, d, 0, 0, 0, 0);
    let wanted = "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0";
    check("numbers_smallest", text.as_deref() == Ok(wanted), text);
    let (i, j, k, l) = (i8::MAX, i16::MAX, i32::MAX, i64::MAX);
    let (m, n, o, p) = (u8::MAX, u16::MAX, u32::MAX, u64::MAX);
    let text = numbers(true, i, j, k, l, m, n, o, p);
    let wanted =
        "True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615";
    check("numbers_largest", text.as_deref() == Ok(wanted), text);
    let all = limits(false);
    let held = all == Ok((false, a, b, c, d, 0, 0, 0, 0));
    check("limits_smallest", held, all);
    let all = limits(true);
    let held = all == Ok((true, i, j, k, l, m, n, o, p));
    check("limits_largest", held, all);

    check_floats("floats_ordinary", 0.5, 0.1, "3f000000 3fb999999999999a");
    let bits = "80000000 8000000000000000";
    check_floats("floats_negative_zero", -0.0, -0.0, bits);
    let bits = "7f800000 fff0000000000000";
    check_floats("floats_infinities", f32::INFINITY, f64::NEG_INFINITY, bits);
    let both = floats(f32::NAN, f64::NAN);
    let held = matches!(&both, Ok((x, y, _)) if x.is_nan() && y.is_nan());
    check("floats_nan", held, both);
    let bits = "7f7fffff 0000000000000001";
    check_floats("floats_largest_and_smallest", f32::MAX, 5e-324, bits);
}

/// Both come back bit for bit.
fn check_floats(name: &str, x: f32, y: f64, bits: &str) {
    let both = floats(x, y);
    let held = match &both {
        Ok((a, b, seen)) => {
            a.to_bits() == x.to_bits() && b.to_bits() == y.to_bits() && seen == bits
        }
        Err(_) => false,
    };
    check(name, held, both);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
