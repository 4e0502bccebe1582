// Command bench compares onramp with net/http, chi, Gin, Echo, Fiber, fasthttp and
// gnet: what a request costs in processor time, allocations, system calls and
// instructions, and what an idle connection costs in memory; and with
// gorilla/websocket, coder/websocket, gobwas/ws and tmaxmax/go-sse: what a message
// costs that is echoed or published, and an idle WebSocket or event stream. From the
// repository's root:
//
//	go run ./compat_test/bench
//
// takes about a quarter of an hour, prints the figures that are wanted beside those
// that were measured, and writes RESULTS.md and bench.svg. It needs Linux, two
// processors, and no privileges; system calls are counted by the kernel's tracepoints
// where it is allowed to, else by strace, and instructions by valgrind. What is not
// installed is left out, and the report says so.
//
//	go run ./compat_test/bench -quick
//	go run ./compat_test/bench -only keepalive -targets chi,onramp+chi
//	go run ./compat_test/bench -only ws- -targets gorilla/websocket,onramp/ws
//
// are shorter and write nothing.
package main
