// `caller FUNCTION COUNT`: nanoseconds, a line a call.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"

	"bench/metropipe/add"
	"bench/metropipe/classify"
	"bench/metropipe/echo_large"
	"bench/metropipe/echo_small"
)

var blob = make([]byte, 2097152)

func call(function string) error {
	switch function {
	case "add":
		sum, err := add.Add(2, 3)
		if err == nil && sum != 5 {
			return fmt.Errorf("2 + 3 is %d", sum)
		}
		return err
	case "classify":
		_, err := classify.Classify("some text", 3, 0.5, true)
		return err
	case "echo_small":
		_, err := echo_small.Echo_small(blob[:4092])
		return err
	default:
		_, err := echo_large.Echo_large(blob)
		return err
	}
}

func main() {
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	took := make([]time.Duration, 0, count)
	for i := -count / 4; i < count; i++ {
		start := time.Now()
		err := call(os.Args[1])
		elapsed := time.Since(start)
		if err != nil {
			panic(err)
		}
		if i >= 0 {
			took = append(took, elapsed)
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, duration := range took {
		fmt.Fprintln(out, duration.Nanoseconds())
	}
}
