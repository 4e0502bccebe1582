//go:build linux

package meter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// CPU returns the processor time that the threads of the process have had, as the
// scheduler counts it: to the nanosecond, kernel time included. It is exact while the
// process waits. A thread that ended counts no more; a Go server ends none.
func CPU(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return 0, fmt.Errorf("meter: process %d has no schedstat", pid)
	}
	var sum time.Duration
	for _, name := range files {
		p, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("meter: cpu: %w", err)
		}
		var ran time.Duration
		if _, err := fmt.Sscan(string(p), &ran); err != nil {
			return 0, fmt.Errorf("meter: cpu: %s: %w", name, err)
		}
		sum += ran
	}
	return sum, nil
}
