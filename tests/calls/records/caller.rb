# frozen_string_literal: true

require_relative 'metropipe/length/stub'
require_relative 'metropipe/midpoint/stub'
require_relative 'metropipe/bounds/stub'
require_relative 'metropipe/summary/stub'
require_relative 'metropipe/tag/stub'

def check(name, held, *got)
  puts held ? "ok #{name}" : "FAIL #{name}: got #{got.inspect}"
end

def failure
  yield
rescue StandardError => e
  e
end

start = Metropipe::Length::Point.new(x: 0.0, y: 0.0)
finish = Metropipe::Length::Point.new(x: 3.0, y: 4.0)
segment = Metropipe::Length::Segment.new(start: start, end: finish, label: 'hyp', id: 1)
check 'record_in', Metropipe.length(segment) == 5.0
middle = Metropipe.midpoint(segment)
check 'nested_in_record_out', middle == Metropipe::Midpoint::Point.new(x: 1.5, y: 2.0), middle
box = Metropipe.bounds([{ x: 1, y: 5 }, { x: -2, y: 3 }, { x: 0, y: 9 }], 'box')
check 'list_of_records_in_option_out',
      box.start.to_a == [-2.0, 3.0] && box.end.to_a == [1.0, 9.0] && box.label == 'box' && box.id == 3, box
check 'option_absent', Metropipe.bounds([], 'box').nil?
tags = [{ word: 'a', weight: 0.5 }, { word: 'b', weight: nil }]
text = Metropipe.summary({ closed: true, tags: tags })
check 'mapping_with_tags', text == 'True a=0.5 b=None', text
text = Metropipe.summary(Metropipe::Summary::Options.new(closed: false, tags: []))
check 'mapping_without_tags', text == 'False ', text
tag = Metropipe.tag('four')
check 'tag_with_weight', tag.word == 'four' && tag.weight == 4.0, tag
tag = Metropipe.tag('')
check 'tag_without_weight', tag.word == '' && tag.weight.nil?, tag
segment.label = 'x' * 252
error = failure { Metropipe.length(segment) }
check 'field_too_long',
      error.is_a?(Metropipe::UnfitError) && error.message.start_with?('length:') &&
      error.message.include?('252 bytes do not fit string[256], which holds at most 251'), error
segment.label = 'hyp'
check 'ordinary_after_errors', Metropipe.length(segment) == 5.0
