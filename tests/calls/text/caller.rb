# frozen_string_literal: true

require_relative 'metropipe/echo/stub'
require_relative 'metropipe/measure/stub'
require_relative 'metropipe/repeat/stub'
require_relative 'metropipe/reverse/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

def same(name, text)
  back = Metropipe.echo(text)
  check name, back == text && back.encoding == Encoding::UTF_8, back
end

def refused(name, text, *parts)
  error = failure { Metropipe.echo(text) }
  check name, error.is_a?(Metropipe::UnfitError) && parts.all? { |part| error.message.include?(part) }, error
end

too_long = 'echo: text: 252 bytes do not fit string[256], which holds at most 251'
same 'empty', ''
same 'full', 'x' * 251
refused 'too_long', 'x' * 252, too_long
same 'emoji', 'grüße 🦀 漢字'
check 'emoji_counts_once', Metropipe.measure('🦀🦀') == 2
check 'emoji_full', Metropipe.measure("#{'🦀' * 62}xxx") == 65
refused 'emoji_too_long', '🦀' * 63, too_long
refused 'embedded_nul', "a\0b", 'echo: text:', 'NUL'
refused 'invalid_utf8', "\xFF", 'echo: text:'
check 'result_full', Metropipe.repeat('x', 251) == 'x' * 251
error = failure { Metropipe.repeat('x', 252) }
check 'result_too_long', error.is_a?(Metropipe::ChannelError) && error.message.include?('the result does not fit'), error

check 'bytes_empty', Metropipe.reverse('') == ''
all = (0..255).to_a.pack('C*')
back = Metropipe.reverse(all)
check 'bytes_all_values', back == all.reverse && back.encoding == Encoding::BINARY, back
full = "\1#{"\0" * 4091}"
check 'bytes_full', Metropipe.reverse(full) == full.reverse
error = failure { Metropipe.reverse("\0" * 4093) }
check 'bytes_too_long',
      error.is_a?(Metropipe::UnfitError) &&
      error.message.include?('reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092'), error
same 'ordinary_after_errors', 'again'
