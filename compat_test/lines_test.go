package compat_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// diff returns the lines of two outcomes, those of one alone marked with - and
// +, and "" if the outcomes are the same.
func diff(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	// common[i][j] is the length of the longest common part of a[i:] and b[j:].
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var lines []string
	for len(a) > 0 || len(b) > 0 {
		i, j := len(common)-1-len(a), len(common[0])-1-len(b)
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			lines, a, b = append(lines, "  "+a[0]), a[1:], b[1:]
		case len(b) == 0 || len(a) > 0 && common[i+1][j] >= common[i][j+1]:
			lines, a = append(lines, "- "+a[0]), a[1:]
		default:
			lines, b = append(lines, "+ "+b[0]), b[1:]
		}
	}
	return strings.Join(lines, "\n")
}

// withoutLines drops the lines of an outcome that begin with prefix.
func withoutLines(outcome, prefix string) string {
	lines := strings.Split(outcome, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, prefix)
	}), "\n")
}

// What the standard library draws at random or takes from the clock.
var (
	boundary     = regexp.MustCompile(`[0-9a-f]{60}`)
	lastModified = regexp.MustCompile(`Last-Modified: [^\n"]*`)
)

// writeFile makes a file of size bytes.
func writeFile(t testing.TB, dir, name string, size int) string {
	name = filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(name, bytes.Repeat([]byte("file"), size/4), 0o600))
	return name
}
