package main

import (
	"errors"
	"fmt"
	"reflect"

	"example/metropipe/analyse"
	"example/metropipe/center"
	"example/metropipe/divide"
	"example/metropipe/origin"
	"example/metropipe/pulse"
	"example/metropipe/touch"
)

func main() {
	quotient, remainder, err := divide.Divide(17, 5)
	check("two_results", err == nil && quotient == 3 && remainder == 2, quotient, remainder, err)
	count, capitals, words, upper, err := analyse.Analyse("Ab cd")
	held := count == 5 && capitals == "AB CD" && reflect.DeepEqual(words, []string{"Ab", "cd"}) && upper != nil && !*upper
	check("many_results", err == nil && held, count, capitals, words, upper, err)
	count, capitals, words, upper, err = analyse.Analyse("")
	held = count == 0 && capitals == "" && len(words) == 0 && upper == nil
	check("many_results_of_nothing", err == nil && held, count, capitals, words, upper, err)
	err = touch.Touch("x")
	check("no_result", err == nil, err)
	err = pulse.Pulse()
	check("no_argument_no_result", err == nil, err)
	x, y, err := origin.Origin()
	check("no_argument", err == nil && x == 0.5 && y == -0.5, x, y, err)
	middle, err := center.Center(center.Box{Item0: 1, Item1: 2})
	check("tuple_argument", err == nil && middle == 1.5, middle, err)
	_, _, err = divide.Divide(1, 0)
	var remote *divide.RemoteError
	check("raised", errors.As(err, &remote) && remote.Type == "ZeroDivisionError", err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
