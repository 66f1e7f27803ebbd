package main

import (
	"fmt"

	"example/metropipe/greet"
	"example/metropipe/older"
)

func main() {
	text, err := greet.Greet(greet.Person{Name: "Ada", Age: 36}, true)
	check("first", err == nil && text == "Good day, Ada", text, err)
	person, err := older.Older(older.Person{Name: "Ada", Age: 36}, 4)
	check("second", err == nil && person == older.Person{Name: "Ada", Age: 40}, person, err)
	text, err = greet.Greet(greet.Person{Name: "Ada", Age: 36}, false)
	check("first_again", err == nil && text == "Hi, Ada", text, err)
	held := true
	for years := int32(0); years < 100; years++ {
		text, err1 := greet.Greet(greet.Person{Name: "Bob", Age: years}, true)
		person, err2 := older.Older(older.Person{Name: "Bob", Age: 1}, years)
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
