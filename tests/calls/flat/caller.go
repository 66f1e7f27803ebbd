package main

import (
	"fmt"

	"example/metropipe"
)

func main() {
	text, err := metropipe.Greet(metropipe.GreetPerson{Name: "Ada", Age: 36}, true)
	check("first", err == nil && text == "Good day, Ada", text, err)
	person, err := metropipe.Older(metropipe.OlderPerson{Name: "Ada", Age: 36}, 4)
	check("second", err == nil && person == metropipe.OlderPerson{Name: "Ada", Age: 40}, person, err)
	text, err = metropipe.Greet(metropipe.GreetPerson{Name: "Ada", Age: 36}, false)
	check("first_again", err == nil && text == "Hi, Ada", text, err)
	held := true
	for years := int32(0); years < 100; years++ {
		text, err1 := metropipe.Greet(metropipe.GreetPerson{Name: "Bob", Age: years}, true)
		person, err2 := metropipe.Older(metropipe.OlderPerson{Name: "Bob", Age: 1}, years)
		held = held && err1 == nil && err2 == nil && text == "Good day, Bob" && person.Age == 1+years
	}
	check("both_in_turn", held)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
