# Makes the libraries, checks their format, links the caller against them as C11 and as C++17, and leaves `./run`.
set -euo pipefail
for tool in cc c++ make clang-format; do
    command -v "$tool" >/dev/null || { echo "$tool is missing; on Debian: apt-get install gcc g++ make clang-format" >&2; exit 1; }
done
style="file:$(cd "$(dirname "$0")/../../../templates/c" && pwd)/.clang-format"
mapfile -t generated < <(find metropipe -name '*.[ch]')
clang-format --style="$style" --dry-run --Werror "${generated[@]}" caller.linker.c
warnings=(-Wall -Wextra -Werror -Wconversion -pedantic)
libraries=()
for makefile in metropipe/*/lib/Makefile; do
    folder=$(dirname "$makefile")
    name=$(basename "$(dirname "$folder")")
    make -s -C "$folder" CFLAGS="-O2 ${warnings[*]}"
    # As another language loads it: the function and the text of its errors are there by name.
    python3 -c 'import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).metropipe_error)' "./$folder/lib$name.so" >/dev/null
    libraries+=("-L$folder" "-l$name" "-Wl,-rpath,$PWD/$folder")
done
cp caller.linker.c caller.cpp
c++ -std=c++17 "${warnings[@]}" -O1 -pthread -c -o /dev/null caller.cpp
cc -std=c11 "${warnings[@]}" -O2 -pthread -o run caller.linker.c "${libraries[@]}"
