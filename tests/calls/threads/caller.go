package main

import (
	"fmt"
	"sync"
	"sync/atomic"

	"example/metropipe/mix"
)

func main() {
	var group sync.WaitGroup
	var wrong int32
	for thread := int32(0); thread < 8; thread++ {
		group.Add(1)
		go func(thread int32) {
			defer group.Done()
			name := fmt.Sprintf("t%d", thread)
			for i := int32(0); i < 500; i++ {
				text, err := mix.Mix(thread, i, name)
				if err != nil || text != fmt.Sprintf("%d:%d:%s", thread, i, name) {
					atomic.AddInt32(&wrong, 1)
				}
			}
		}(thread)
	}
	group.Wait()
	check("eight_threads", wrong == 0, wrong)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
