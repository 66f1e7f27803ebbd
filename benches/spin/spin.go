// The least that a Go caller can take: one word to and fro. Usage: spin FILE COUNT; prints nanoseconds, a line a call.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	file, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	page, err := syscall.Mmap(int(file.Fd()), 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	word := (*uint32)(unsafe.Pointer(&page[0]))
	took := make([]time.Duration, count)
	for i := range took {
		start := time.Now()
		atomic.StoreUint32(word, 1)
		for atomic.LoadUint32(word) != 3 {
		}
		took[i] = time.Since(start)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, duration := range took {
		fmt.Fprintln(out, duration.Nanoseconds())
	}
}
