# frozen_string_literal: true

require_relative 'metropipe/label/stub'
require_relative 'metropipe/Shapes_area/stub'
require_relative 'metropipe/Shapes_name/stub'
require_relative 'metropipe/later/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

text = Metropipe.label('a', 'b', 3, ratio: 1.5, loud: true, note: 'n')
check 'all_given', text == 'a|b|3|1.5|True|n', text
text = Metropipe.label('a')
check 'all_defaults', text == %q(a|=> "$HOME" '\n'|2|0.5|False|None), text
check 'static_method', Metropipe.Shapes_area(3, 4) == 12
check 'class_method', Metropipe.Shapes_name == 'Shapes'
check 'coroutine', Metropipe.later(1) == 2
check 'coroutine_again', (0...100).all? { |k| Metropipe.later(k) == k + 1 }
