# frozen_string_literal: true

require_relative 'metropipe/divide/stub'
require_relative 'metropipe/analyse/stub'
require_relative 'metropipe/touch/stub'
require_relative 'metropipe/pulse/stub'
require_relative 'metropipe/origin/stub'
require_relative 'metropipe/center/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

quotient, remainder = Metropipe.divide(17, 5)
check 'two_results', quotient == 3 && remainder == 2, quotient, remainder
got = Metropipe.analyse('Ab cd')
check 'many_results', got == [5, 'AB CD', %w[Ab cd], false], got
got = Metropipe.analyse('')
check 'many_results_of_nothing', got == [0, '', [], nil], got
check 'no_result', Metropipe.touch('x').nil?
check 'no_argument_no_result', Metropipe.pulse.nil?
check 'no_argument', Metropipe.origin == [0.5, -0.5]
check 'tuple_argument', Metropipe.center([1, 2]) == 1.5
error = failure { Metropipe.divide(1, 0) }
check 'raised', error.is_a?(Metropipe::RemoteError) && error.type == 'ZeroDivisionError', error
