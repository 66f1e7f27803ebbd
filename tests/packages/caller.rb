# frozen_string_literal: true

require_relative 'metropipe/canonicalize_name/stub'
require_relative 'metropipe/pluralize/stub'
require_relative 'metropipe/set_cell_size/stub'
require_relative 'metropipe/chop_cells/stub'

def valid(word)
  Metropipe.canonicalize_name(word, validate: true)
rescue Metropipe::RemoteError => e
  "#{e.type}: #{e.remote_message}"
end

File.foreach('words.txt', chomp: true, encoding: 'UTF-8') do |word|
  puts Metropipe.canonicalize_name(word)
  puts valid(word)
  puts Metropipe.pluralize(word)
  puts Metropipe.set_cell_size(word, 5)
  puts Metropipe.chop_cells(word, 4).join('|')
end
