# Checks every file with Ruby's warnings on, and makes a program of the caller.
set -euo pipefail
command -v ruby >/dev/null || { echo "ruby is missing; on Debian: apt-get install ruby" >&2; exit 1; }
while IFS= read -r -d '' file; do
    said=$(ruby -wc "$file" 2>&1)
    [ "$said" = "Syntax OK" ] || { printf '%s:\n%s\n' "$file" "$said" >&2; exit 1; }
done < <(find . -name '*.rb' -print0)
# A warning, at whatever line it comes up, ends the program.
cat >strict.rb <<'RUBY'
Warning.singleton_class.prepend(Module.new do
  def warn(message, **)
    $stdout.puts "FAIL warning: #{message}"
    exit! 1
  end
end)
RUBY
cat >run <<'SH'
#!/bin/sh
folder=$(dirname "$0")
exec ruby -w -r"$folder/strict.rb" "$folder/caller.rb" "$@"
SH
chmod +x run
