package main

import (
	"errors"
	"fmt"
	"strings"

	"example/metropipe/scale"
	"example/metropipe/square"
)

func main() {
	number, err := scale.Scale(3, 0.5)
	check("ordinary", err == nil && number == 1.5, number, err)
	number, err = scale.Scale(2147483647, 0)
	check("k_largest", err == nil && number == 0, number, err)
	result, err := square.Square(65536)
	held := errors.Is(err, square.ErrChannel) && errors.Is(err, square.ErrMetropipe)
	held = held && strings.Contains(err.Error(), "the result does not fit") && strings.Contains(err.Error(), "i32")
	check("result_too_large", held, result, err)
	number, err = scale.Scale(2, 2)
	check("ordinary_after_errors", err == nil && number == 4, number, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
