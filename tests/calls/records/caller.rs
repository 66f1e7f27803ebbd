#[path = "metropipe/bounds/stub.rs"]
mod bounds;
#[path = "metropipe/length/stub.rs"]
mod length;
#[path = "metropipe/midpoint/stub.rs"]
mod midpoint;
#[path = "metropipe/summary/stub.rs"]
mod summary;
#[path = "metropipe/tag/stub.rs"]
mod tag;

use bounds::bounds;
use length::length;
use summary::summary;

fn main() {
    let distance = length(&segment("hyp"));
    check("record_in", distance == Ok(5.0), distance);
    let middle = midpoint::midpoint(&midpoint::Segment {
        start: midpoint::Point { x: 0.0, y: 0.0 },
        end: midpoint::Point { x: 3.0, y: 4.0 },
        label: "hyp".to_owned(),
        id: 1,
    });
    let wanted = midpoint::Point { x: 1.5, y: 2.0 };
    check("nested_in_record_out", middle == Ok(wanted), middle);

    let point = |x, y| bounds::Point { x, y };
    let points = [point(1.0, 5.0), point(-2.0, 3.0), point(0.0, 9.0)];
    let diagonal = bounds(&points, "box");
    let wanted = bounds::Segment {
        start: point(-2.0, 3.0),
        end: point(1.0, 9.0),
        label: "box".to_owned(),
        id: 3,
    };
    let held = diagonal == Ok(Some(wanted));
    check("list_of_records_in_option_out", held, diagonal);
    let diagonal = bounds(&[], "box");
    check("option_absent", diagonal == Ok(None), diagonal);

    let tagged = |word: &str, weight| summary::Tag {
        word: word.to_owned(),
        weight,
    };
    let text = summary(&summary::Options {
        closed: true,
        tags: vec![tagged("a", Some(0.5)), tagged("b", None)],
    });
    let held = text.as_deref() == Ok("True a=0.5 b=None");
    check("mapping_with_tags", held, text);
    let text = summary(&summary::Options {
        closed: false,
        tags: vec![],
    });
    check(
        "mapping_without_tags",
        text.as_deref() == Ok("False "),
        text,
    );
    let four = tag::tag("four");
    let held = matches!(&four, Ok(tag) if tag.word == "four" && tag.weight == Some(4.0));
    check("tag_with_weight", held, four);
    let none = tag::tag("");
    let held = matches!(&none, Ok(tag) if tag.word.is_empty() && tag.weight.is_none());
    check("tag_without_weight", held, none);

    let distance = length(&segment(&"x".repeat(252)));
    let wanted = "252 bytes do not fit string[256], which holds at most 251";
    let held = match &distance {
        Err(length::Error::Unfit(text)) => text.starts_with("length:") && text.contains(wanted),
        _ => false,
    };
    check("field_too_long", held, distance);
    let distance = length(&segment("hyp"));
    check("ordinary_after_errors", distance == Ok(5.0), distance);
}

fn segment(label: &str) -> length::Segment {
    length::Segment {
        start: length::Point { x: 0.0, y: 0.0 },
        end: length::Point { x: 3.0, y: 4.0 },
        label: label.to_owned(),
        id: 1,
    }
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
