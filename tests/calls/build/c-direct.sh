# Checks the format of the registries, compiles the caller as C11 and as C++17, and leaves `./run`.
set -euo pipefail
for tool in cc c++ clang-format; do
    command -v "$tool" >/dev/null || { echo "$tool is missing; on Debian: apt-get install gcc g++ clang-format" >&2; exit 1; }
done
style="file:$(cd "$(dirname "$0")/../../../templates/c" && pwd)/.clang-format"
mapfile -t generated < <(find metropipe metropipe_registry.h -name '*.h' 2>/dev/null)
clang-format --style="$style" --dry-run --Werror "${generated[@]}" caller.direct.c
warnings=(-Wall -Wextra -Werror -Wconversion -pedantic)
cp caller.direct.c caller.cpp
c++ -std=c++17 "${warnings[@]}" -O1 -pthread -c -o /dev/null caller.cpp
cc -std=c11 "${warnings[@]}" -O2 -pthread -o run caller.direct.c -lm
