//go:build linux

package meter

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// Resident returns the bytes of memory that the process holds, VmRSS.
func Resident(pid int) (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("meter: resident: %w", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		rest, found := strings.CutPrefix(lines.Text(), "VmRSS:")
		if !found {
			continue
		}
		var kib int64
		if _, err := fmt.Sscan(rest, &kib); err != nil {
			return 0, fmt.Errorf("meter: resident: %w", err)
		}
		return kib << 10, nil
	}
	return 0, fmt.Errorf("meter: process %d has no VmRSS", pid)
}
