package main

import (
	"fmt"
	"math"

	"example/metropipe/floats"
	"example/metropipe/limits"
	"example/metropipe/numbers"
)

func main() {
	text, err := numbers.Numbers(false, math.MinInt8, math.MinInt16, math.MinInt32, math.MinInt64, 0, 0, 0, 0)
	check("numbers_smallest", err == nil && text == "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0", text, err)
	text, err = numbers.Numbers(true, math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MaxInt64, math.MaxUint8, math.MaxUint16, math.MaxUint32, math.MaxUint64)
	check("numbers_largest", err == nil && text == "True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615", text, err)

	flag, a, b, c, d, e, f, g, h, err := limits.Limits(false)
	smallest := !flag && a == math.MinInt8 && b == math.MinInt16 && c == math.MinInt32 && d == math.MinInt64
	check("limits_smallest", err == nil && smallest && e == 0 && f == 0 && g == 0 && h == 0, flag, a, b, c, d, e, f, g, h, err)
	flag, a, b, c, d, e, f, g, h, err = limits.Limits(true)
	largest := flag && a == math.MaxInt8 && b == math.MaxInt16 && c == math.MaxInt32 && d == math.MaxInt64
	largest = largest && e == math.MaxUint8 && f == math.MaxUint16 && g == math.MaxUint32 && h == math.MaxUint64
	check("limits_largest", err == nil && largest, flag, a, b, c, d, e, f, g, h, err)

	x, y, bits, err := floats.Floats(0.5, 0.1)
	check("floats_ordinary", err == nil && x == 0.5 && y == 0.1 && bits == "3f000000 3fb999999999999a", x, y, bits, err)
	x, y, bits, err = floats.Floats(float32(math.Copysign(0, -1)), math.Copysign(0, -1))
	zeros := x == 0 && y == 0 && math.Signbit(float64(x)) && math.Signbit(y)
	check("floats_negative_zero", err == nil && zeros && bits == "80000000 8000000000000000", x, y, bits, err)
	x, y, bits, err = floats.Floats(float32(math.Inf(1)), math.Inf(-1))
	infinite := math.IsInf(float64(x), 1) && math.IsInf(y, -1)
	check("floats_infinities", err == nil && infinite && bits == "7f800000 fff0000000000000", x, y, bits, err)
	x, y, _, err = floats.Floats(float32(math.NaN()), math.NaN())
	check("floats_nan", err == nil && x != x && y != y, x, y, err)
	x, y, bits, err = floats.Floats(math.MaxFloat32, math.SmallestNonzeroFloat64)
	extreme := x == math.MaxFloat32 && y == math.SmallestNonzeroFloat64
	check("floats_largest_and_smallest", err == nil && extreme && bits == "7f7fffff 0000000000000001", x, y, bits, err)
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
