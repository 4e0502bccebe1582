//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "soak: it watches its servers by what only Linux has")
	os.Exit(1)
}
