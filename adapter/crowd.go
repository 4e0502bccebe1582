package adapter

import (
	"errors"
	"log"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
)

// ErrCrowded is the cause of a refusal for [Options.PerAddress].
var ErrCrowded = errors.New("adapter: too much from one address")

// AddressLimits bounds what the clients behind one address may have at a time. The zero
// value bounds nothing, and costs nothing.
type AddressLimits struct {
	// Conns bounds the connections. A [Server] closes what is too many as soon as it has
	// accepted it, without an answer and before the TLS handshake. Under an http.Server
	// it bounds the connections that were taken over together with the requests that
	// net/http serves, and a request that is one too many is refused with 429. 0 or
	// negative: no bound.
	Conns int
	// Unfinished bounds the requests of which a part has come: the rest of the head is
	// waited for, or the rest of the body. One too many is refused with 429, and its
	// connection closed. Of a request that net/http has read the head of the body
	// counts, until its handlers have returned. 0 or negative: no bound.
	Unfinished int
	// Key returns what a client's address counts as: all that share a prefix share the
	// bounds, and the bits behind it mean nothing. The zero Prefix, as any that is not
	// valid, has none, for a load balancer's address or those of a monitor. It must be
	// quick, and return the same for the same address. A panic is logged to package log's
	// standard logger, and stands for the zero Prefix. nil: an IPv4 address stands for
	// itself, an IPv6 address for its /64, of which a single client may use any. Addresses
	// that are no IP addresses have no bounds.
	Key func(netip.Addr) netip.Prefix
}

// bounds reports whether l bounds anything.
func (l *AddressLimits) bounds() bool { return l.Conns > 0 || l.Unfinished > 0 }

// DefaultKey is the Key of [AddressLimits] where there is none, for Keys that make
// exceptions.
func DefaultKey(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	p, _ := addr.Prefix(bits) // the bits fit the address
	return p
}

// A crowd is what there is from each address. It knows no address of which there is
// nothing.
type crowd struct {
	limits AddressLimits

	mu       sync.Mutex // guards what follows
	from     map[netip.Prefix]presence
	arriving map[any]netip.Prefix // requests that have come in part
}

type presence struct{ conns, unfinished int }

func newCrowd(l AddressLimits) *crowd {
	if l.Key == nil {
		l.Key = DefaultKey
	}
	return &crowd{limits: l, from: make(map[netip.Prefix]presence), arriving: make(map[any]netip.Prefix)}
}

// key returns what addr counts as; the zero Prefix is not counted.
func (w *crowd) key(addr netip.Addr) (key netip.Prefix) {
	if !addr.IsValid() {
		return key
	}
	defer func() {
		if v := recover(); v != nil { // perhaps on the goroutine that accepts
			log.Printf("onramp: panic in AddressLimits.Key: %v\n%s", v, debug.Stack())
		}
	}()
	return w.limits.Key(addr.Unmap().WithZone("")).Masked() // netip.PrefixFrom keeps all of an address
}

// parse returns the IP address of a remote address as http.Request has it.
func parse(remote string) netip.Addr {
	a, _ := netip.ParseAddrPort(remote) // the zero Addr is none
	return a.Addr()
}

// addrOf returns the IP address of addr.
func addrOf(addr net.Addr) netip.Addr {
	switch addr := addr.(type) {
	case *net.TCPAddr:
		return addr.AddrPort().Addr()
	case nil:
		return netip.Addr{}
	}
	return parse(addr.String())
}

// enter counts a connection from addr; false: it is one too many.
func (w *crowd) enter(addr netip.Addr) bool {
	return w.change(w.key(addr), func(p *presence) bool {
		p.conns++
		return w.limits.Conns <= 0 || p.conns <= w.limits.Conns
	})
}

// add counts a connection from addr that is there already.
func (w *crowd) add(addr netip.Addr) { w.count(addr, 1) }

// leave takes back what enter or add has counted.
func (w *crowd) leave(addr netip.Addr) { w.count(addr, -1) }

func (w *crowd) count(addr netip.Addr, n int) {
	w.change(w.key(addr), func(p *presence) bool {
		p.conns += n
		return true
	})
}

// change applies f to what there is from key, unless it returns false.
func (w *crowd) change(key netip.Prefix, f func(*presence) bool) bool {
	if key == (netip.Prefix{}) {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.from[key]
	switch {
	case !f(&p):
		return false
	case p == presence{}:
		delete(w.from, key)
	default:
		w.from[key] = p
	}
	return true
}

// Begin implements [stream.Arrivals].
func (w *crowd) Begin(who any, remote string) error {
	key := w.key(parse(remote))
	ok := w.change(key, func(p *presence) bool {
		if _, again := w.arriving[who]; again {
			return true
		}
		if p.unfinished++; w.limits.Unfinished > 0 && p.unfinished > w.limits.Unfinished {
			return false
		}
		w.arriving[who] = key
		return true
	})
	if !ok {
		return ErrCrowded
	}
	return nil
}

// End implements [stream.Arrivals].
func (w *crowd) End(who any) {
	w.mu.Lock()
	key, known := w.arriving[who]
	delete(w.arriving, who)
	w.mu.Unlock()
	if known {
		w.change(key, func(p *presence) bool {
			p.unfinished--
			return true
		})
	}
}
