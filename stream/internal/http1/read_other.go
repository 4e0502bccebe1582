//go:build !unix

package http1

func readNow(uintptr, []byte) (int, error) { return 0, errWouldBlock }

func peekNow(uintptr, []byte) bool { return true }
