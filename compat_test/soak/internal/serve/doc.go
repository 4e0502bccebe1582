// Package serve is the server process: onramp as a service uses it, with handlers that say
// whose request they have seen, and with a second way to ask what is going on inside: its
// standard input and output. See [Serve].
package serve
