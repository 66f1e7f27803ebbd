#[path = "metropipe/arrange/stub.rs"]
mod arrange;
#[path = "metropipe/join/stub.rs"]
mod join;
#[path = "metropipe/rotate/stub.rs"]
mod rotate;
#[path = "metropipe/sparse/stub.rs"]
mod sparse;
#[path = "metropipe/split/stub.rs"]
mod split;
#[path = "metropipe/transpose/stub.rs"]
mod transpose;

use arrange::arrange;
use split::split;
use transpose::transpose;

fn main() {
    let values = arrange(&[]);
    check("empty", values == Ok(vec![]), values);
    let values = arrange(&[3, -1, 2]);
    check("ordinary", values == Ok(vec![-1, 2, 3]), values);
    let values = arrange(&(1..=1023).rev().collect::<Vec<i32>>());
    check("full", values == Ok((1..=1023).collect()), values);
    let values = arrange(&[0; 1024]);
    let wanted =
        "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023";
    let held = matches!(&values, Err(arrange::Error::Unfit(text)) if text.contains(wanted));
    check("too_long", held, values);

    let words = ["a", "", "🦀"].map(String::from);
    let text = join::join(&words, ", ");
    check("strings", text.as_deref() == Ok("a, , 🦀"), text);
    let words = split("one two  three");
    let wanted = ["one", "two", "three"].map(String::from).to_vec();
    check("strings_back", words == Ok(wanted), words);
    let words = split("");
    check("no_strings", words == Ok(vec![]), words);

    let matrix = transpose(&[vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]]);
    let wanted = vec![vec![1.0, 4.0], vec![2.0, 5.0], vec![3.0, 6.0]];
    check("matrix", matrix == Ok(wanted), matrix);
    let matrix = transpose(&[vec![1.0, 2.0], vec![]]);
    check("ragged_rows", matrix == Ok(vec![]), matrix);

    let key: [u8; 16] = std::array::from_fn(|index| index as u8);
    let rotated = rotate::rotate(&key);
    let wanted = std::array::from_fn(|index| (index as u8 + 1) % 16);
    check("array", rotated == Ok(wanted), rotated);
    let present = sparse::sparse(&[Some(1), None, Some(0)]);
    let wanted = vec![true, false, true];
    check("options_in_a_list", present == Ok(wanted), present);
    let values = arrange(&[2, 1]);
    check("ordinary_after_errors", values == Ok(vec![1, 2]), values);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
