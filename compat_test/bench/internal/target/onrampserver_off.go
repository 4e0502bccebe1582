//go:build !onramp_server

package target

// servers returns the targets that need adapter.Server; none as long as there is no
// such thing.
func servers() []Target { return nil }
