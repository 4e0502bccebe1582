//go:build !race && linux

package main

const (
	raceEnabled   = false
	defaultMemory = 256 // MiB
)
