package main

import (
	"fmt"

	area "example/metropipe/Shapes_area"
	name "example/metropipe/Shapes_name"
	"example/metropipe/label"
	"example/metropipe/later"
)

func main() {
	note := "n"
	text, err := label.Label("a", "b", 3, 1.5, true, &note)
	check("all_given", err == nil && text == "a|b|3|1.5|True|n", text, err)
	surface, err := area.Shapes_area(3, 4)
	check("static_method", err == nil && surface == 12, surface, err)
	text, err = name.Shapes_name()
	check("class_method", err == nil && text == "Shapes", text, err)
	number, err := later.Later(1)
	check("coroutine", err == nil && number == 2, number, err)
	held := true
	for k := int32(0); k < 100; k++ {
		number, err = later.Later(k)
		held = held && err == nil && number == k+1
	}
	check("coroutine_again", held, number, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
