// Command soak puts servers of onramp under a mixed load for as long as you like, and checks
// what became of it. From the repository's root:
//
//	go run ./compat_test/soak -for 30m
//	go run -race ./compat_test/soak -for 30m -rate 100 -clients 60
//
// Each server is a process of its own under a limit of memory: an adapter.Server, and an
// http.Server around an Adapter that takes every connection over. Their clients keep
// connections alive, pipeline, upload, follow event streams and come back to them, echo and
// listen over WebSockets, and ask handlers that panic. One in ten resets, stalls, closes by
// half, or sends garbage. It all comes from a seed, which is printed.
//
// At the end every request that a handler has seen has had its own, right answer; every
// message has come in order, or its stream has ended with a reason; goroutines, descriptors
// and the heap of the servers are back where they were; and a shutdown under load has ended
// in time with nobody left waiting. What was found is written as Markdown, and the exit
// status is 1 if anything does not hold.
//
// It needs Linux, and uses the loopback interface alone.
package main
