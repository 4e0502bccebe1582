//go:build race && linux

package main

const (
	raceEnabled   = true
	defaultMemory = 1024 // MiB: the race detector multiplies what a program needs
)
