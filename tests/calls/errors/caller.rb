# frozen_string_literal: true

require_relative 'metropipe/fail/stub'
require_relative 'metropipe/doze/stub'
require_relative 'metropipe/absent/stub'
require_relative 'metropipe/changed/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

if ARGV.any?
  print failure { Metropipe.fail('') }.message
  exit
end

error = failure { Metropipe.fail('value') }
check 'value_error',
      error.is_a?(Metropipe::RemoteError) && error.type == 'ValueError' &&
      error.remote_message == 'k must be positive: naïve ☃' && error.message.start_with?('fail: ValueError: k must'), error
error = failure { Metropipe.fail('own') }
check 'own_error', error.type == 'Refused' && error.remote_message == "no\nway", error
error = failure { Metropipe.fail('long') }
check 'long_message',
      error.type == 'RuntimeError' && error.remote_message.start_with?('é' * 1000) &&
      error.remote_message.valid_encoding? && !error.remote_message.include?("\uFFFD"), error
error = failure { Metropipe.fail('exit') }
check 'exit_is_an_answer', error.type == 'SystemExit', error
error = failure { Metropipe.fail('empty') }
check 'empty_message', error.type == 'KeyError', error
check 'ordinary_after_errors', Metropipe.fail('') == 7

began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
error = failure { Metropipe.with_timeout(0.2) { Metropipe.doze(1.0) } }
took = Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
check 'timeout', error.is_a?(Metropipe::TimeoutError) && error.message.include?('may still run') && took < 1, error, took
check 'ordinary_after_timeout', Metropipe.doze(0.0).zero?
error = failure { Metropipe.absent(1) }
check 'no_provider', error.is_a?(Metropipe::NoProviderError) && error.message.include?('absent/provider.py'), error
error = failure { Metropipe.changed(1) }
check 'layout_mismatch',
      error.is_a?(Metropipe::LayoutMismatchError) && error.message.include?('(i32)->i32') &&
      error.message.include?('(i32,string[256])->i32'), error
again = { 'METROPIPE_TIMEOUT_MS' => 'soon' }
said = IO.popen([again, 'ruby', '-w', $PROGRAM_NAME, 'again'], &:read)
check 'bad_timeout_variable', said.include?('METROPIPE_TIMEOUT_MS'), said
