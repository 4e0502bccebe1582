// Package memory serves a target over connections that live in memory: no kernel, no
// scheduler, nothing but the server's own code and the request it is given. What is
// counted there is exact, and the same on every machine.
//
// The client side is a [Feed]: it hands out one request at a time, the next one when
// the reply to the last is complete and right, and allocates nothing.
package memory
