package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"example/metropipe/canonicalize_name"
	"example/metropipe/chop_cells"
	"example/metropipe/pluralize"
	"example/metropipe/set_cell_size"
)

func main() {
	words, err := os.ReadFile("words.txt")
	must("words.txt", err)
	for _, word := range strings.Split(strings.TrimSuffix(string(words), "\n"), "\n") {
		name, err := canonicalize_name.Canonicalize_name(word, false)
		fmt.Println(must(name, err))
		valid, err := canonicalize_name.Canonicalize_name(word, true)
		var remote *canonicalize_name.RemoteError
		if errors.As(err, &remote) {
			valid, err = remote.Type+": "+remote.Message, nil
		}
		fmt.Println(must(valid, err))
		plural, err := pluralize.Pluralize(word)
		fmt.Println(must(plural, err))
		sized, err := set_cell_size.Set_cell_size(word, 5)
		fmt.Println(must(sized, err))
		chopped, err := chop_cells.Chop_cells(word, 4)
		fmt.Println(must(strings.Join(chopped, "|"), err))
	}
}

func must(text string, err error) string {
	if err != nil {
		panic(err)
	}
	return text
}
