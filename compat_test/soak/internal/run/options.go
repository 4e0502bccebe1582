package run

import (
	"io"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/client"
	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// Options says how long a soak takes, and how hard it is.
type Options struct {
	For      time.Duration // of the load, beside what is needed ahead of it and behind
	Kinds    []string      // of servers: see serve.Kinds
	Clients  int           // of each server
	Rate     float64       // requests and messages a second, of the clients of each server
	MaxSize  int           // of a body, in bytes
	Seed     uint64
	Memory   int64         // bytes that a server process may have
	Drain    time.Duration // window over which the shutdown spreads the ends of streams
	Settle   time.Duration // how long servers may take to get rid of what clients have left
	Progress io.Writer     // gets a line now and then; it must be safe for several goroutines
	Sabotage string        // what the servers do wrong, for tests: see serve.Sabotages
}

// The time-outs of the servers, and how long clients wait. Patience is for a machine that is
// busy with other things: what is wrong with an answer shows at once.
const (
	headerTimeout = 6 * time.Second
	bodyTimeout   = 6 * time.Second
	writeTimeout  = 6 * time.Second
	idleTimeout   = 12 * time.Second // more than client.LongestPause, and long enough for the sweep to count it
	stall         = 45 * time.Second
	patience      = 60 * time.Second
	shutdownLimit = 45 * time.Second
)

// config is the server of a kind.
func (o *Options) config(kind string) serve.Config {
	return serve.Config{
		Kind: kind, Clients: client.Healthy(o.Clients),
		Events:   o.every(3, len(work.Topics)),
		Notices:  o.every(2, 1),
		Sabotage: o.Sabotage,
		Header:   headerTimeout, Body: bodyTimeout, Write: writeTimeout, Idle: idleTimeout, Drain: o.Drain,
	}
}

// every returns how often something is published to topics for the clients that get it, of
// twenty so many, so that they get a tenth of the rate.
func (o *Options) every(of20, topics int) time.Duration {
	each := float64(o.Clients*of20) / 20 / float64(topics)
	perSecond := o.Rate / 10 / max(1, each)
	return time.Duration(float64(time.Second) / min(max(perSecond, 2), 200))
}

func (o *Options) fleet(addr string, seed uint64) *client.Fleet {
	return client.New(addr, client.Options{
		Clients: o.Clients, Rate: o.Rate, Seed: seed, Patience: patience, Stall: stall, MaxSize: o.MaxSize,
	})
}
