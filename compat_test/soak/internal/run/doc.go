// Package run is the plan of a soak, and what is made of it: servers in processes of their
// own, a fleet for each, and a [Result] with checks that hold or do not. See [Soak].
package run
