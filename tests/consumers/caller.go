package main

import (
	"bufio"
	"fmt"
	"os"
	"time"

	"example/metropipe/mix"
)

func loop(count, a int32, rest time.Duration) {
	var right, wrong, failed int
	var slowest time.Duration
	var first string
	text := fmt.Sprintf("t%d", a)
	for i := int32(0); i < count; i++ {
		time.Sleep(rest)
		began := time.Now()
		answer, err := mix.Mix(a, i, text)
		if took := time.Since(began); took > slowest {
			slowest = took
		}
		said := answer
		if err != nil {
			failed++
			said = err.Error()
		} else if answer != fmt.Sprintf("%d:%d:%s", a, i, text) {
			wrong++
		} else {
			right++
			continue
		}
		if first == "" {
			first = said
		}
	}
	fmt.Println("done", right, wrong, failed, slowest.Milliseconds(), first)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var what, text string
		var a, b int32
		if _, err := fmt.Sscan(lines.Text(), &what, &a, &b, &text); err != nil {
			panic(err)
		}
		if what == "loop" {
			rest, err := time.ParseDuration(text + "ms")
			if err != nil {
				panic(err)
			}
			loop(a, b, rest)
		} else if answer, err := mix.Mix(a, b, text); err != nil {
			fmt.Println("!", err)
		} else {
			fmt.Println("=", answer)
		}
	}
}
