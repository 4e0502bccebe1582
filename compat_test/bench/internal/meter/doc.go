// Package meter reads what a server process costs: processor time, memory, system
// calls, instructions, and allocations. Each meter has a file of its own.
package meter
