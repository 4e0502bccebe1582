package serve

import "time"

// The kinds of servers.
const (
	Server   = "server"   // adapter.Server
	Eager    = "eager"    // http.Server around an Adapter that takes every connection
	OnDemand = "ondemand" // http.Server around an Adapter that takes those that need it
)

// Kinds are all of them.
var Kinds = []string{Server, Eager, OnDemand}

// A Config says what a server process is to be.
type Config struct {
	Kind    string
	Clients int // the healthy ones have numbers below

	Events  time.Duration // between two events of a topic
	Notices time.Duration // between two messages to all WebSockets that listen

	// The time-outs of the options of the same names.
	Header, Body, Write, Idle, Drain time.Duration

	Sabotage string // one of Sabotages; "": none

	Descriptors uint64 // limit of the process; 0: as it is
}
