# frozen_string_literal: true

require_relative 'metropipe/mix/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

threads = (0...8).map do |thread|
  Thread.new { (0...500).all? { |i| Metropipe.mix(thread, i, "t#{thread}") == "#{thread}:#{i}:t#{thread}" } }
end
held = threads.map(&:value)
check 'eight_threads', held.all?, held
