# Checks the format of the stubs and the caller, vets them, and builds the caller.
set -euo pipefail
for tool in go gofmt; do
    command -v "$tool" >/dev/null || { echo "$tool is missing; on Debian: apt-get install golang-go" >&2; exit 1; }
done
# A unified file is a package of the folder that it stands in, so the caller has one of its own.
mkdir caller
mv caller.go caller/main.go
printf 'module example\n\ngo 1.18\n' >go.mod
unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
    gofmt -d .
    exit 1
fi
export GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
go vet ./...
go build -o run ./caller
