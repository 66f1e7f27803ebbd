# frozen_string_literal: true

require_relative 'metropipe/arrange/stub'
require_relative 'metropipe/join/stub'
require_relative 'metropipe/split/stub'
require_relative 'metropipe/transpose/stub'
require_relative 'metropipe/rotate/stub'
require_relative 'metropipe/sparse/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

check 'empty', Metropipe.arrange([]) == []
check 'ordinary', Metropipe.arrange([3, -1, 2]) == [-1, 2, 3]
check 'full', Metropipe.arrange((1..1023).to_a.reverse) == (1..1023).to_a
error = failure { Metropipe.arrange([0] * 1024) }
check 'too_long',
      error.is_a?(Metropipe::UnfitError) &&
      error.message.include?('arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023'), error
check 'strings', Metropipe.join(['a', '', '🦀'], ', ') == 'a, , 🦀'
check 'strings_back', Metropipe.split('one two  three') == %w[one two three]
check 'no_strings', Metropipe.split('') == []
check 'matrix', Metropipe.transpose([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
check 'ragged_rows', Metropipe.transpose([[1, 2], []]) == []
check 'array', Metropipe.rotate((0..15).to_a) == [*1..15, 0]
error = failure { Metropipe.rotate((0..14).to_a) }
check 'array_of_wrong_length',
      error.is_a?(Metropipe::UnfitError) &&
      error.message.include?('rotate: key: 15 elements given, [u8;16] takes exactly 16'), error
check 'options_in_a_list', Metropipe.sparse([1, nil, 0]) == [true, false, true]
check 'ordinary_after_errors', Metropipe.arrange([2, 1]) == [1, 2]
