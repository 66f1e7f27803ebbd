package main

import (
	"errors"
	"fmt"
	"strings"

	"example/metropipe/bounds"
	"example/metropipe/length"
	"example/metropipe/midpoint"
	"example/metropipe/summary"
	"example/metropipe/tag"
)

func main() {
	segment := length.Segment{Start: length.Point{X: 0, Y: 0}, End: length.Point{X: 3, Y: 4}, Label: "hyp", Id: 1}
	distance, err := length.Length(segment)
	check("record_in", err == nil && distance == 5, distance, err)
	middle, err := midpoint.Midpoint(midpoint.Segment{End: midpoint.Point{X: 3, Y: 4}, Label: "hyp", Id: 1})
	check("nested_in_record_out", err == nil && middle == midpoint.Point{X: 1.5, Y: 2}, middle, err)
	box, err := bounds.Bounds([]bounds.Point{{X: 1, Y: 5}, {X: -2, Y: 3}, {X: 0, Y: 9}}, "box")
	want := bounds.Segment{Start: bounds.Point{X: -2, Y: 3}, End: bounds.Point{X: 1, Y: 9}, Label: "box", Id: 3}
	check("list_of_records_in_option_out", err == nil && box != nil && *box == want, box, err)
	box, err = bounds.Bounds(nil, "box")
	check("option_absent", err == nil && box == nil, box, err)
	half := float32(0.5)
	text, err := summary.Summary(summary.Options{Closed: true, Tags: []summary.Tag{{Word: "a", Weight: &half}, {Word: "b"}}})
	check("mapping_with_tags", err == nil && text == "True a=0.5 b=None", text, err)
	text, err = summary.Summary(summary.Options{})
	check("mapping_without_tags", err == nil && text == "False ", text, err)
	word, err := tag.Tag("four")
	check("tag_with_weight", err == nil && word.Word == "four" && word.Weight != nil && *word.Weight == 4, word, err)
	word, err = tag.Tag("")
	check("tag_without_weight", err == nil && word.Word == "" && word.Weight == nil, word, err)
	segment.Label = strings.Repeat("x", 252)
	_, err = length.Length(segment)
	unfit := errors.Is(err, length.ErrUnfit) && strings.Contains(err.Error(), "length:")
	unfit = unfit && strings.Contains(err.Error(), "252 bytes do not fit string[256], which holds at most 251")
	check("field_too_long", unfit, err)
	segment.Label = "hyp"
	distance, err = length.Length(segment)
	check("ordinary_after_errors", err == nil && distance == 5, distance, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
