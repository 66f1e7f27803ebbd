# The least that a Ruby caller can take: one word to and fro. Usage: spin.rb FILE COUNT; prints nanoseconds, a line a call.

Warning[:experimental] = false
count = Integer(ARGV[1])
words = File.open(ARGV[0], "r+b") { |file| IO::Buffer.map(file, 4096) }
took = Array.new(count, 0)
count.times do |i|
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  words.set_value(:u32, 0, 1)
  nil until words.get_value(:u32, 0) == 3
  took[i] = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - start
end
puts took
