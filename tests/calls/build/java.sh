# Compiles the generated classes and the caller; leaves `./run`.
set -euo pipefail
command -v javac >/dev/null || { echo "javac is missing: apt-get install default-jdk-headless" >&2; exit 1; }
mapfile -t generated < <(find metropipe metropipe.java -name '*.java' 2>/dev/null)
# Generated text is ASCII: it compiles under every locale.
javac -Xlint:all -Werror -encoding US-ASCII -d classes "${generated[@]}"
javac -Xlint:all -Werror -encoding UTF-8 -cp classes -d classes Caller.java
cat >run <<'END'
#!/bin/sh
exec java -cp "$(dirname "$0")/classes" Caller "$@"
END
chmod +x run
