# frozen_string_literal: true

# Calls the Python function, and says what it returned and how long 10,000 calls took.

require_relative 'metropipe/weekday/stub'

WARM = 2_000
CALLS = 10_000

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

result = nil
WARM.times { Metropipe.weekday(1969, 7, 20) }
took = Array.new(CALLS) do
  start = now
  result = Metropipe.weekday(1969, 7, 20)
  now - start
end
took.sort!
puts [result, took[CALLS / 2], took[CALLS / 100 * 99]].join("\t")
