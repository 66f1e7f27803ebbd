// The same program under its other name; cargo wants a file for each.
include!("main.rs");
