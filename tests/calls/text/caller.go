package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"example/metropipe/echo"
	"example/metropipe/measure"
	"example/metropipe/repeat"
	"example/metropipe/reverse"
)

func main() {
	same := func(name, text string) {
		back, err := echo.Echo(text)
		check(name, err == nil && back == text, back, err)
	}
	refused := func(name, text, want string) {
		back, err := echo.Echo(text)
		check(name, errors.Is(err, echo.ErrUnfit) && strings.Contains(err.Error(), want), back, err)
	}
	tooLong := "echo: text: 252 bytes do not fit string[256], which holds at most 251"
	same("empty", "")
	same("full", strings.Repeat("x", 251))
	refused("too_long", strings.Repeat("x", 252), tooLong)
	same("emoji", "grüße 🦀 漢字")
	count, err := measure.Measure("🦀🦀")
	check("emoji_counts_once", err == nil && count == 2, count, err)
	count, err = measure.Measure(strings.Repeat("🦀", 62) + "xxx")
	check("emoji_full", err == nil && count == 65, count, err)
	refused("emoji_too_long", strings.Repeat("🦀", 63), tooLong)
	_, err = echo.Echo("a\x00b")
	nul := errors.Is(err, echo.ErrUnfit) && strings.Contains(err.Error(), "echo: text:") && strings.Contains(err.Error(), "NUL")
	check("embedded_nul", nul, err)
	refused("invalid_utf8", "\xff", "echo: text:")
	back, err := repeat.Repeat("x", 251)
	check("result_full", err == nil && back == strings.Repeat("x", 251), back, err)
	back, err = repeat.Repeat("x", 252)
	check("result_too_long", errors.Is(err, repeat.ErrChannel) && strings.Contains(err.Error(), "the result does not fit"), back, err)

	blob, err := reverse.Reverse(nil)
	check("bytes_empty", err == nil && len(blob) == 0, blob, err)
	var up, down [256]byte
	for i := range up {
		up[i], down[255-i] = byte(i), byte(i)
	}
	blob, err = reverse.Reverse(up[:])
	check("bytes_all_values", err == nil && bytes.Equal(blob, down[:]), blob, err)
	full := make([]byte, 4092)
	full[0] = 1
	blob, err = reverse.Reverse(full)
	check("bytes_full", err == nil && len(blob) == 4092 && blob[4091] == 1 && blob[0] == 0, blob, err)
	_, err = reverse.Reverse(make([]byte, 4093))
	want := "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092"
	check("bytes_too_long", errors.Is(err, reverse.ErrUnfit) && strings.Contains(err.Error(), want), err)
	same("ordinary_after_errors", "again")
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
