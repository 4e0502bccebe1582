//go:build race && unix

package http1

import "syscall"

// publish is called before a write that the race detector knows nothing of. It takes a
// write and the read at the other end for an order between two goroutines where they go
// through syscall.Write and syscall.Read. For sendmsg and writev, which go past these, it
// would report a test that looks at what a handler has done once it has the answer.
func publish() { _, _ = syscall.Write(-1, nil) } // which counts, although it fails
