#[path = "metropipe/canonicalize_name/stub.rs"]
mod canonicalize_name;
#[path = "metropipe/chop_cells/stub.rs"]
mod chop_cells;
#[path = "metropipe/pluralize/stub.rs"]
mod pluralize;
#[path = "metropipe/set_cell_size/stub.rs"]
mod set_cell_size;

use canonicalize_name::Error;

fn main() {
    let words = std::fs::read_to_string("words.txt").unwrap();
    for word in words.lines() {
        let name = canonicalize_name::canonicalize_name(word, false);
        println!("{}", name.unwrap());
        match canonicalize_name::canonicalize_name(word, true) {
            Err(Error::Remote { kind, message, .. }) => println!("{kind}: {message}"),
            valid => println!("{}", valid.unwrap()),
        }
        println!("{}", pluralize::pluralize(word).unwrap());
        println!("{}", set_cell_size::set_cell_size(word, 5).unwrap());
        println!("{}", chop_cells::chop_cells(word, 4).unwrap().join("|"));
    }
}
