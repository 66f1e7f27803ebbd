# `caller FUNCTION COUNT`: nanoseconds, a line a call.

require_relative 'metropipe/add/stub'
require_relative 'metropipe/classify/stub'
require_relative 'metropipe/echo_small/stub'
require_relative 'metropipe/echo_large/stub'

SMALL = ("\0" * 4092).b.freeze
LARGE = ("\0" * 2_097_152).b.freeze

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

def measure(count)
  took = []
  (-count / 4...count).each do |i|
    start = now
    yield
    elapsed = now - start
    took << elapsed if i >= 0
  end
  puts took
end

count = Integer(ARGV[1])
case ARGV[0]
when 'add' then measure(count) { Metropipe.add(2, 3) }
when 'classify' then measure(count) { Metropipe.classify('some text', 3, 0.5, true) }
when 'echo_small' then measure(count) { Metropipe.echo_small(SMALL) }
else measure(count) { Metropipe.echo_large(LARGE) }
end
