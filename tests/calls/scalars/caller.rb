# frozen_string_literal: true

require_relative 'metropipe/numbers/stub'
require_relative 'metropipe/limits/stub'
require_relative 'metropipe/floats/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

text = Metropipe.numbers(false, -128, -32_768, -2_147_483_648, -9_223_372_036_854_775_808, 0, 0, 0, 0)
check 'numbers_smallest', text == 'False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0', text
text = Metropipe.numbers(true, 127, 32_767, 2_147_483_647, 9_223_372_036_854_775_807,
                         255, 65_535, 4_294_967_295, 18_446_744_073_709_551_615)
check 'numbers_largest',
      text == 'True 127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615', text

got = Metropipe.limits(false)
check 'limits_smallest', got == [false, -2**7, -2**15, -2**31, -2**63, 0, 0, 0, 0], got
got = Metropipe.limits(true)
check 'limits_largest',
      got == [true, 2**7 - 1, 2**15 - 1, 2**31 - 1, 2**63 - 1, 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**64 - 1], got

got = Metropipe.floats(0.5, 0.1)
check 'floats_ordinary', got == [0.5, 0.1, '3f000000 3fb999999999999a'], got
x, y, bits = Metropipe.floats(-0.0, -0.0)
check 'floats_negative_zero', 1 / x == -Float::INFINITY && 1 / y == -Float::INFINITY && bits == '80000000 8000000000000000',
      x, y, bits
got = Metropipe.floats(Float::INFINITY, -Float::INFINITY)
check 'floats_infinities', got == [Float::INFINITY, -Float::INFINITY, '7f800000 fff0000000000000'], got
x, y, = Metropipe.floats(Float::NAN, Float::NAN)
check 'floats_nan', x.nan? && y.nan?, x, y
got = Metropipe.floats(3.4028234663852886e38, 5e-324)
check 'floats_largest_and_smallest', got == [3.4028234663852886e38, 5e-324, '7f7fffff 0000000000000001'], got
