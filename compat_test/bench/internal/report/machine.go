package report

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// A Machine is where a run took place.
type Machine struct {
	CPU    string
	Cores  int
	Kernel string
	Go     string
}

// ThisMachine describes the machine that the program runs on.
func ThisMachine() Machine {
	m := Machine{CPU: "unknown", Cores: runtime.NumCPU(), Kernel: "unknown", Go: runtime.Version()}
	if model, ok := cpuModel(); ok {
		m.CPU = model
	}
	if p, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		// What follows the number names a vendor's build.
		release, _, _ := strings.Cut(strings.TrimSpace(string(p)), "-")
		m.Kernel = runtime.GOOS + " " + release
	}
	return m
}

func cpuModel() (string, bool) {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "", false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// String implements fmt.Stringer.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s %s", m.CPU, m.Cores, m.Kernel, m.Go, runtime.GOARCH)
}

// A Module is a peer and its version.
type Module struct{ Path, Version string }

// Modules returns those of the modules that are part of this program.
func Modules(paths ...string) []Module {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var found []Module
	for _, dep := range info.Deps {
		if slices.Contains(paths, dep.Path) {
			found = append(found, Module{Path: dep.Path, Version: dep.Version})
		}
	}
	return found
}
