package main

import (
	"fmt"

	"example/metropipe/describe"
	"example/metropipe/half"
	"example/metropipe/initial"
)

func main() {
	seven, zero, ratio, none, ada, empty, x := int32(7), int32(0), float32(0.5), float32(0), "Ada", "", "x"
	text, err := describe.Describe(&seven, &ada, &ratio)
	check("all_present", err == nil && text == "7 'Ada' 0.5", text, err)
	text, err = describe.Describe(nil, nil, nil)
	check("all_absent", err == nil && text == "None None None", text, err)
	text, err = describe.Describe(&zero, &empty, &none)
	check("zero_is_present", err == nil && text == "0 '' 0.0", text, err)
	text, err = describe.Describe(nil, &x, nil)
	check("some_absent", err == nil && text == "None 'x' None", text, err)
	number, err := half.Half(6)
	check("number_present", err == nil && number != nil && *number == 3, number, err)
	number, err = half.Half(7)
	check("number_absent", err == nil && number == nil, number, err)
	first, err := initial.Initial("Ada")
	check("text_present", err == nil && first != nil && *first == "A", first, err)
	first, err = initial.Initial("")
	check("text_absent", err == nil && first == nil, first, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
