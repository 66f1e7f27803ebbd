# frozen_string_literal: true

require_relative 'metropipe/scale/stub'
require_relative 'metropipe/square/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

check 'ordinary', Metropipe.scale(3, 0.5) == 1.5
check 'k_largest', Metropipe.scale(2_147_483_647, 0.0).zero?
limit = 'does not fit i32, which holds -2147483648 to 2147483647'
error = failure { Metropipe.scale(2_147_483_648, 1.0) }
check 'k_too_large', error.is_a?(Metropipe::UnfitError) && error.message == "scale: k: 2147483648 #{limit}", error
error = failure { Metropipe.scale(-2_147_483_649, 1.0) }
check 'k_too_small', error.is_a?(Metropipe::UnfitError) && error.message == "scale: k: -2147483649 #{limit}", error
error = failure { Metropipe.scale('three', 1.0) }
check 'k_wrong_kind', error.is_a?(Metropipe::UnfitError) && error.message == 'scale: k: a String was given, i32 takes an Integer',
      error
error = failure { Metropipe.scale(1, 1e39) }
check 'factor_too_large',
      error.is_a?(Metropipe::UnfitError) && error.message.include?('scale: factor:') && error.message.include?('f32'), error
error = failure { Metropipe.square(65_536) }
check 'result_too_large',
      error.is_a?(Metropipe::ChannelError) && error.message.include?('the result does not fit') && error.message.include?('i32'),
      error
check 'ordinary_after_errors', Metropipe.scale(2, 2.0) == 4.0
