package adapter_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/onramp-go/onramp/adapter"
)

// A server that takes one connection of each address, and as many as there are of its load
// balancer.
func ExampleAddressLimits() {
	balancer := netip.MustParseAddr("10.0.0.1")
	srv := &adapter.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }),
		Options: &adapter.Options{PerAddress: adapter.AddressLimits{
			Conns:      1,
			Unfinished: 1,
			Key: func(addr netip.Addr) netip.Prefix {
				if addr == balancer {
					return netip.Prefix{}
				}
				return adapter.DefaultKey(addr)
			},
		}},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	served := make(chan error)
	go func() { served <- srv.Serve(ln) }()
	for range 2 {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
			fmt.Println("refused")
			continue
		}
		fmt.Println("served")
	}
	fmt.Println(srv.Shutdown(context.Background()))
	fmt.Println(errors.Is(<-served, http.ErrServerClosed))
	// Output:
	// served
	// refused
	// <nil>
	// true
}
