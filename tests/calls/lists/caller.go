package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"example/metropipe/arrange"
	"example/metropipe/join"
	"example/metropipe/rotate"
	"example/metropipe/sparse"
	"example/metropipe/split"
	"example/metropipe/transpose"
)

func main() {
	numbers, err := arrange.Arrange(nil)
	check("empty", err == nil && len(numbers) == 0, numbers, err)
	numbers, err = arrange.Arrange([]int32{3, -1, 2})
	check("ordinary", err == nil && reflect.DeepEqual(numbers, []int32{-1, 2, 3}), numbers, err)
	down, up := make([]int32, 1023), make([]int32, 1023)
	for i := range up {
		up[i], down[i] = int32(i+1), int32(1023-i)
	}
	numbers, err = arrange.Arrange(down)
	check("full", err == nil && reflect.DeepEqual(numbers, up), numbers, err)
	_, err = arrange.Arrange(make([]int32, 1024))
	want := "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023"
	check("too_long", errors.Is(err, arrange.ErrUnfit) && strings.Contains(err.Error(), want), err)
	text, err := join.Join([]string{"a", "", "🦀"}, ", ")
	check("strings", err == nil && text == "a, , 🦀", text, err)
	words, err := split.Split("one two  three")
	check("strings_back", err == nil && reflect.DeepEqual(words, []string{"one", "two", "three"}), words, err)
	words, err = split.Split("")
	check("no_strings", err == nil && len(words) == 0, words, err)
	matrix, err := transpose.Transpose([][]float32{{1, 2, 3}, {4, 5, 6}})
	check("matrix", err == nil && reflect.DeepEqual(matrix, [][]float32{{1, 4}, {2, 5}, {3, 6}}), matrix, err)
	matrix, err = transpose.Transpose([][]float32{{1, 2}, {}})
	check("ragged_rows", err == nil && len(matrix) == 0, matrix, err)
	key, err := rotate.Rotate([16]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	check("array", err == nil && key == [16]uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0}, key, err)
	one, zero := int32(1), int32(0)
	present, err := sparse.Sparse([]*int32{&one, nil, &zero})
	check("options_in_a_list", err == nil && reflect.DeepEqual(present, []bool{true, false, true}), present, err)
	numbers, err = arrange.Arrange([]int32{2, 1})
	check("ordinary_after_errors", err == nil && reflect.DeepEqual(numbers, []int32{1, 2}), numbers, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
