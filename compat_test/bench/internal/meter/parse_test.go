//go:build linux

package meter_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
)

func TestParseRefs(t *testing.T) {
	t.Parallel()
	n, err := meter.ParseRefs([]byte("==7== Command: bench\n==7== \n==7== I   refs:      44,787,578\n"))
	require.NoError(t, err)
	assert.Equal(t, uint64(44_787_578), n)
	_, err = meter.ParseRefs([]byte("==7== Fatal error\n"))
	assert.ErrorContains(t, err, "Fatal error")
}

func TestSumCalls(t *testing.T) {
	t.Parallel()
	table := "   calls syscall\n--------- ----------------\n    1200 read\n     600 write\n--------- ----------------\n    1800 total\n"
	n, err := meter.SumCalls(strings.NewReader(table))
	require.NoError(t, err)
	assert.Equal(t, uint64(1800), n)
	_, err = meter.SumCalls(strings.NewReader("strace: Process 1 detached\n"))
	assert.Error(t, err)
}

// TestNobody asks about a process that cannot be.
func TestNobody(t *testing.T) {
	t.Parallel()
	const nobody = 1 << 30
	_, err := meter.CPU(nobody)
	assert.Error(t, err)
	_, err = meter.Resident(nobody)
	assert.Error(t, err)
}

func TestSelf(t *testing.T) {
	t.Parallel()
	before, err := meter.CPU(os.Getpid())
	require.NoError(t, err)
	held, err := meter.Resident(os.Getpid())
	require.NoError(t, err)
	assert.Positive(t, before)
	assert.Positive(t, held)
}
