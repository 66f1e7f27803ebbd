# frozen_string_literal: true

require_relative 'metropipe/describe/stub'
require_relative 'metropipe/half/stub'
require_relative 'metropipe/initial/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

text = Metropipe.describe(7, 'Ada', 0.5)
check 'all_present', text == "7 'Ada' 0.5", text
text = Metropipe.describe(nil, nil, nil)
check 'all_absent', text == 'None None None', text
text = Metropipe.describe(0, '', 0.0)
check 'zero_is_present', text == "0 '' 0.0", text
text = Metropipe.describe(nil, 'x', nil)
check 'some_absent', text == "None 'x' None", text
check 'number_present', Metropipe.half(6) == 3
check 'number_absent', Metropipe.half(7).nil?
check 'text_present', Metropipe.initial('Ada') == 'A'
check 'text_absent', Metropipe.initial('').nil?
