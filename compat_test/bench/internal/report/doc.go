// Package report holds what was measured, judges it by the figures that are wanted,
// and writes it down: as a table for people, and as a plot.
package report
