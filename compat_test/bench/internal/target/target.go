package target

import (
	"fmt"
	"net"
	"slices"
)

// A Target is a server under a name.
type Target struct {
	Name string

	// Serve serves connections of a listener until that fails. It is nil for a
	// target that must make its sockets itself.
	Serve func(net.Listener) error

	// Open returns the listener that [Target.Run] serves, on a free port of the
	// loopback address. nil: net.Listen's.
	Open func() (net.Listener, error)

	// Listen listens on a free port of the loopback address, reports it, and serves.
	// It is nil where Serve is not.
	Listen func(ready func(addr string)) error
}

// The names of the targets that the report refers to.
const (
	NetHTTP      = "net/http"
	Chi          = "chi"
	Gin          = "gin"
	Echo         = "echo"
	Fiber        = "fiber"
	FastHTTP     = "fasthttp"
	Gnet         = "gnet"
	Onramp       = "onramp"
	OnrampChi    = "onramp+chi"
	OnrampGin    = "onramp+gin"
	OnrampHook   = "onramp+hook"
	OnrampServer = "onramp.Server"
	ServerChi    = "onramp.Server+chi"
)

// All returns the targets that answer requests, the references first.
func All() []Target {
	return slices.Concat(
		[]Target{
			{Name: NetHTTP, Serve: serveNetHTTP},
			{Name: Chi, Serve: serveChi},
			{Name: Gin, Serve: serveGin},
			{Name: Echo, Serve: serveEcho},
			{Name: Fiber, Serve: serveFiber},
			{Name: FastHTTP, Serve: serveFastHTTP},
			{Name: Gnet, Listen: listenGnet},
			{Name: Onramp, Serve: serveOnramp},
			{Name: OnrampChi, Serve: serveOnrampChi},
			{Name: OnrampGin, Serve: serveOnrampGin},
			{Name: OnrampHook, Serve: serveOnrampHook},
		},
		servers(),
	)
}

// Find returns the target of that name.
func Find(name string) (Target, error) {
	all := slices.Concat(All(), WebSockets(), EventStreams())
	i := slices.IndexFunc(all, func(t Target) bool { return t.Name == name })
	if i < 0 {
		return Target{}, fmt.Errorf("target: there is none called %q", name)
	}
	return all[i], nil
}

// Has reports whether there is a target of that name.
func Has(name string) bool {
	_, err := Find(name)
	return err == nil
}

// Run listens on a free port of the loopback address, reports the address, and
// serves.
func (t Target) Run(ready func(addr string)) error {
	if t.Listen != nil {
		return t.Listen(ready)
	}
	open := t.Open
	if open == nil {
		open = func() (net.Listener, error) { return net.Listen("tcp4", "127.0.0.1:0") }
	}
	ln, err := open()
	if err != nil {
		return err
	}
	ready(ln.Addr().String())
	return t.Serve(ln)
}
