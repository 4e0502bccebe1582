package streamtest

// A TB is what the kit needs of a test: *testing.T, *testing.B and *testing.F are ones.
type TB interface {
	Helper()
	// Cleanup has f run when the test ends, the last one first.
	Cleanup(f func())
	// Errorf notes a failure and goes on.
	Errorf(format string, args ...any)
	// Fatalf notes a failure and ends the test. It does not return.
	Fatalf(format string, args ...any)
}
