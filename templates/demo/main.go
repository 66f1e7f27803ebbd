// Calls the Python function, and says what it returned and how long 10,000 calls took.
package main

import (
	"fmt"
	"os"
	"sort"
	"time"

	"demo/metropipe/weekday"
)

const (
	warm  = 2000
	calls = 10000
)

func main() {
	took := make([]int64, 0, calls)
	result := ""
	for i := -warm; i < calls; i++ {
		start := time.Now()
		day, err := weekday.Weekday(1969, 7, 20)
		elapsed := time.Since(start).Nanoseconds()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if i >= 0 {
			took = append(took, elapsed)
		}
		result = day
	}
	sort.Slice(took, func(a, b int) bool { return took[a] < took[b] })
	fmt.Printf("%s\t%d\t%d\n", result, took[calls/2], took[calls/100*99])
}
