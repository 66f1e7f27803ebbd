# frozen_string_literal: true

require_relative 'metropipe/double/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

check 'parent_before', Metropipe.double(1) == 2
child = fork { exit!((0...100).all? { |k| Metropipe.double(k) == 2 * k }) }
parent = (0...100).all? { |k| Metropipe.double(k) == 2 * k }
_, status = Process.wait2(child)
check 'child', status.success?, status
check 'child_outlives_parent_call', parent
check 'parent_after', Metropipe.double(21) == 42
