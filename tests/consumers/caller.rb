# frozen_string_literal: true

require_relative 'metropipe/mix/stub'

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond)
end

def call(first, second, text)
  "= #{Metropipe.mix(first, second, text)}"
rescue StandardError, Interrupt => e
  "! #{e.class} #{e.message.tr("\n", ' ')}"
end

def repeat(count, whose, rest)
  counts = { right: 0, wrong: 0, failed: 0 }
  slowest = 0
  said = nil
  count.times do |i|
    sleep(rest / 1000.0) if rest.positive?
    began = now
    begin
      answer = Metropipe.mix(whose, i, "t#{whose}")
      held = answer == "#{whose}:#{i}:t#{whose}"
      counts[held ? :right : :wrong] += 1
      said ||= answer unless held
    rescue StandardError => e
      counts[:failed] += 1
      said ||= e.message.tr("\n", ' ')
    end
    slowest = [slowest, now - began].max
  end
  "done #{counts.values.join(' ')} #{slowest} #{said}"
end

$stdout.sync = true
$stdin.each_line do |line|
  what, first, second, last = line.split
  puts what == 'call' ? call(first.to_i, second.to_i, last) : repeat(first.to_i, second.to_i, last.to_i)
end
