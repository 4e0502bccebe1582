//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
)

// TestMain lets the test binary be the server processes, too.
func TestMain(m *testing.M) {
	if served, err := process.Serve(os.Args[1:]); served {
		if err != nil {
			fmt.Fprintln(os.Stderr, "soak:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSoak makes a whole run of all servers, as short as can be.
func TestSoak(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary.md")
	var out strings.Builder
	err := soak([]string{"-for", "2s", "-servers", "server,eager,ondemand", "-clients", "40", "-rate", "80", "-drain", "200ms", "-size", "20000", "-out", file}, &out, io.Discard)
	require.NoError(t, err, out.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, out.String(), string(text))
	for _, want := range []string{"## server", "## eager", "## ondemand", "| answers | ", "| garbage"} {
		assert.Contains(t, out.String(), want)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-clients", "0"}, {"-rate", "0"}, {"-size", "0"}, {"-size", "2000000"}, {"-servers", "apache"},
	} {
		assert.Error(t, soak(args, io.Discard, io.Discard), args)
	}
}
