package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"example/metropipe/absent"
	"example/metropipe/changed"
	"example/metropipe/doze"
	"example/metropipe/fail"
)

func main() {
	if len(os.Args) > 1 {
		_, err := fail.Fail("")
		fmt.Print(err)
		return
	}
	remote := remoteError("value")
	text := remote.Type == "ValueError" && remote.Message == "k must be positive: naïve ☃"
	check("value_error", text && strings.HasPrefix(remote.Error(), "fail: ValueError: k must"), remote)
	remote = remoteError("own")
	check("own_error", remote.Type == "Refused" && remote.Message == "no\nway", remote)
	remote = remoteError("long")
	long := remote.Type == "RuntimeError" && strings.HasPrefix(remote.Message, strings.Repeat("é", 1000))
	check("long_message", long && utf8.ValidString(remote.Message) && !strings.Contains(remote.Message, "\uFFFD"), remote)
	check("exit_is_an_answer", remoteError("exit").Type == "SystemExit")
	check("empty_message", remoteError("empty").Type == "KeyError", remoteError("empty"))
	number, err := fail.Fail("")
	check("ordinary_after_errors", err == nil && number == 7, number, err)

	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	_, err = doze.DozeContext(ctx, 1)
	cancel()
	late := errors.Is(err, doze.ErrTimeout) && errors.Is(err, context.DeadlineExceeded)
	check("timeout", late && time.Since(began) < time.Second && strings.Contains(err.Error(), "may still run"), err)
	slept, err := doze.Doze(0)
	check("ordinary_after_timeout", err == nil && slept == 0, slept, err)
	_, err = absent.Absent(1)
	check("no_provider", errors.Is(err, absent.ErrNoProvider) && strings.Contains(err.Error(), "absent/provider.py"), err)
	_, err = changed.Changed(1)
	both := errors.Is(err, changed.ErrLayoutMismatch) && strings.Contains(err.Error(), "(i32)->i32")
	check("layout_mismatch", both && strings.Contains(err.Error(), "(i32,string[256])->i32"), err)

	again := exec.Command(os.Args[0], "again")
	again.Env = append(os.Environ(), "METROPIPE_TIMEOUT_MS=soon")
	said, err := again.Output()
	check("bad_timeout_variable", err == nil && strings.Contains(string(said), "METROPIPE_TIMEOUT_MS"), string(said), err)
}

func remoteError(how string) *fail.RemoteError {
	_, err := fail.Fail(how)
	var remote *fail.RemoteError
	if !errors.As(err, &remote) || !errors.Is(err, fail.ErrRemote) {
		return &fail.RemoteError{Message: fmt.Sprint(err)}
	}
	return remote
}

func check(name string, held bool, got ...any) {
	if held {
		fmt.Println("ok", name)
	} else {
		fmt.Printf("FAIL %s: got %q\n", name, fmt.Sprint(got...))
	}
}
