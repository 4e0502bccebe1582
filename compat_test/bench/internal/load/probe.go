//go:build linux

package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// probes is the number of replies that are read before the length is believed.
const probes = 3

// probe asks the server at addr for some replies, checks them, and returns their
// length on the wire.
func (w Workload) probe(addr string) (int, error) {
	conn, err := net.DialTimeout("tcp4", addr, 5*time.Second)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	counted := &counter{r: conn}
	buffered := bufio.NewReader(counted)
	length := 0
	for range probes {
		if _, err := conn.Write(w.request); err != nil {
			return 0, err
		}
		before := counted.n
		if err := w.read(buffered); err != nil {
			return 0, err
		}
		if buffered.Buffered() > 0 {
			return 0, fmt.Errorf("load: %s: %d bytes too many", w.Name, buffered.Buffered())
		}
		switch n := counted.n - before; {
		case length == 0:
			length = n
		case length != n:
			return 0, fmt.Errorf("load: %s: replies of %d and of %d bytes", w.Name, length, n)
		}
		if w.Ending == ClosedByPeer {
			break
		}
	}
	return length, nil
}

// read reads one reply and checks it.
func (w Workload) read(r *bufio.Reader) error {
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return w.check(resp, body)
}

// recheck parses a whole batch of replies again.
func (w Workload) recheck(p []byte) error {
	r := bufio.NewReader(bytes.NewReader(p))
	for range w.depth() {
		if err := w.read(r); err != nil {
			return err
		}
	}
	return nil
}

// A counter counts what is read through it.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
