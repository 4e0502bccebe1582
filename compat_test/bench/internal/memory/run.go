package memory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// ErrNoListener says that a target cannot serve a listener that is not its own.
var ErrNoListener = errors.New("memory: the target makes its own sockets")

// warmUp is the number of requests before anything is counted: pools fill, strings
// are interned, connections are taken over.
const warmUp = 200

// A Cost is what requests cost the server.
type Cost struct {
	Requests      int
	Allocs, Bytes float64 // per request
}

// Measure has the target serve n requests of the workload, one at a time on one
// connection, and counts what is allocated meanwhile. The process should be given to
// it alone.
func Measure(name string, w load.Workload, n int) (Cost, error) {
	t, err := target.Find(name)
	if err != nil {
		return Cost{}, err
	}
	if t.Serve == nil {
		return Cost{}, ErrNoListener
	}
	feed := NewFeed(w.Request(), w.Want())
	ln := newListener(feed)
	served := make(chan error, 1)
	go func() { served <- t.Serve(ln) }()
	defer func() {
		feed.Close()
		ln.Close()
		<-served
	}()
	if err := feed.Run(warmUp); err != nil {
		return Cost{}, err
	}
	if err := check(feed.First(), w.Want()); err != nil {
		return Cost{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := feed.Run(n); err != nil {
		return Cost{}, err
	}
	runtime.ReadMemStats(&after)
	return Cost{
		Requests: n,
		Allocs:   float64(after.Mallocs-before.Mallocs) / float64(n),
		Bytes:    float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

func check(reply, want []byte) error {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(reply)), nil)
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	if resp.StatusCode != http.StatusOK || !bytes.Equal(body, want) {
		return fmt.Errorf("memory: status %d and %d bytes of body", resp.StatusCode, len(body))
	}
	return nil
}
