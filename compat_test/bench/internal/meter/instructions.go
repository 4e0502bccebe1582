package meter

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// ErrNoValgrind says that instructions cannot be counted here.
var ErrNoValgrind = errors.New("valgrind not found")

// refs is how cachegrind reports the instructions that it has run.
var refs = regexp.MustCompile(`I\s+refs:\s+([0-9,]+)`)

// Instructions runs the command under valgrind and returns the number of user-space
// instructions. What the program itself prints has to be of no interest.
func Instructions(cmd *exec.Cmd) (uint64, error) {
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		return 0, ErrNoValgrind
	}
	under := exec.Command(valgrind, append([]string{
		"--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", cmd.Path,
	}, cmd.Args[1:]...)...)
	under.Env = cmd.Env
	out, err := under.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("meter: valgrind: %w: %s", err, out)
	}
	return parseRefs(out)
}

// parseRefs finds the number in what valgrind has printed.
func parseRefs(out []byte) (uint64, error) {
	found := refs.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("meter: valgrind reports no instructions: %s", out)
	}
	return strconv.ParseUint(strings.ReplaceAll(string(found[1]), ",", ""), 10, 64)
}
