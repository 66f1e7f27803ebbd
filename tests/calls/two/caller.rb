# frozen_string_literal: true

require_relative 'metropipe/greet/stub'
require_relative 'metropipe/older/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

ada = Metropipe::Greet::Person.new(name: 'Ada', age: 36)
text = Metropipe.greet(ada, true)
check 'first', text == 'Good day, Ada', text
person = Metropipe.older(Metropipe::Older::Person.new(name: 'Ada', age: 36), 4)
check 'second', person == Metropipe::Older::Person.new(name: 'Ada', age: 40), person
text = Metropipe.greet(ada, false)
check 'first_again', text == 'Hi, Ada', text
held = (0...100).all? do |years|
  Metropipe.greet({ name: 'Bob', age: years }, true) == 'Good day, Bob' && Metropipe.older(ada, years).age == 36 + years
end
check 'both_in_turn', held
