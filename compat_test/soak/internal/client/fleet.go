package client

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// Options says how many clients there are, and how busy.
type Options struct {
	Clients  int           // all of them
	Rate     float64       // requests and messages a second, of all of them
	Seed     uint64        // of what they do
	Patience time.Duration // how long a healthy client waits for anything
	Stall    time.Duration // within which the server gets rid of one that stalls
	MaxSize  int           // of a body, in bytes; at most work.MaxSize
}

// A Fleet is the clients of one server.
type Fleet struct {
	Tally *Tally

	addr    string
	opts    Options
	clients []*client
	healthy int
	ending  atomic.Bool
}

// Healthy returns how many of so many clients are healthy.
func Healthy(clients int) int { return clients - clients/10 }

// New returns a fleet of clients of the server at addr.
func New(addr string, opts Options) *Fleet {
	f := &Fleet{Tally: &Tally{}, addr: addr, opts: opts, healthy: Healthy(opts.Clients)}
	for i := range opts.Clients {
		c := &client{fleet: f, rand: rand.New(rand.NewPCG(opts.Seed, uint64(i)))}
		if i < f.healthy {
			c.name, c.job = work.Healthy(i), healthyJobs(i)
		} else {
			c.name, c.job = work.Faulty(i-f.healthy), faulty
		}
		c.number = i
		f.clients = append(f.clients, c)
	}
	return f
}

// Run has the healthy clients work until ctx ends, and the faulty ones until faulty does. It
// returns when all have left. In a later run they go on where they were.
func (f *Fleet) Run(ctx, faulty context.Context) {
	var all sync.WaitGroup
	for i, c := range f.clients {
		ctx := ctx
		if i >= f.healthy {
			ctx = faulty
		}
		all.Go(func() { c.work(ctx) })
	}
	all.Wait()
}

// Ending tells the clients that the server is about to shut down. From then on connections
// may end where an answer is not owed, streams have to end as a shutdown ends them, and
// nobody comes back.
func (f *Fleet) Ending() {
	f.Tally.begin()
	f.ending.Store(true)
}

// Answered returns the latest request that was answered of each healthy client; nobody may
// be at work.
func (f *Fleet) Answered() []int64 {
	all := make([]int64, f.healthy)
	for i := range all {
		all[i] = f.clients[i].answered
	}
	return all
}

// A job is a connection's life. The error is what is wrong with what the server did.
type job func(ctx context.Context, c *client) error

// A client does one job again and again.
type client struct {
	fleet  *Fleet
	number int
	name   string
	job    job
	rand   *rand.Rand

	asked    int64 // its latest request
	answered int64 // the latest one with a whole answer
	follows  position
}

func (c *client) work(ctx context.Context) {
	for c.pause(ctx, 1) {
		if err := c.job(ctx, c); err != nil {
			c.fleet.Tally.Wrong("%s: %v", c.name, err)
			if c.asked != c.answered { // what comes next would seem wrong as well
				return
			}
		}
		if c.fleet.ending.Load() {
			return
		}
	}
}

// LongestPause is the longest that a healthy client is silent on a connection that is to be
// kept alive.
const LongestPause = 4 * time.Second

// pause waits until the client may do n further requests, and reports whether it still may.
func (c *client) pause(ctx context.Context, n int) bool {
	mean := float64(n) * float64(len(c.fleet.clients)) / c.fleet.opts.Rate
	wait := min(time.Duration(mean*c.rand.ExpFloat64()*float64(time.Second)), LongestPause)
	select {
	case <-time.After(wait):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// size returns the size of a body: small ones mostly.
func (c *client) size() int {
	most := c.fleet.opts.MaxSize
	switch n := c.rand.IntN(100); {
	case n < 70:
		return c.rand.IntN(min(1<<10, most))
	case n < 97:
		return c.rand.IntN(min(32<<10, most))
	default:
		return c.rand.IntN(most)
	}
}

// oneOf returns one of the values.
func oneOf[T any](c *client, values ...T) T { return values[c.rand.IntN(len(values))] }
