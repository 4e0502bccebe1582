package clients_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	total  = 1000 // events, and messages each way
	rounds = 5    // connections that are cut
)

// A follower is a client that follows the event stream of a service until the test ends.
type follower interface {
	// await returns when the client has got the event that says n, or with an error when
	// ctx ends.
	await(ctx context.Context, n int) error
	// got returns the data of all events that the client has got; that of a gap event
	// says so.
	got(ctx context.Context) ([]string, error)
}

// replay publishes total events and cuts the client's connections: while it waits for the
// next event, and while it is sent some. Others are published while it is away. It has to
// come back by itself, and to get each event once.
func replay(t *testing.T, c carrier, s *service, f follower) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	const each = total / rounds
	for first := 1; first <= total; first += each {
		s.publish(t, first, first+each/2-1)
		require.NoError(t, f.await(ctx, first+each/2-1))
		if first%(2*each) != 1 {
			s.publish(t, first+each/2, first+each*3/4-1)
			s.cut()
			s.publish(t, first+each*3/4, first+each-1)
		} else {
			s.cut()
			s.publish(t, first+each/2, first+each-1)
		}
	}
	require.NoError(t, f.await(ctx, total))
	got, err := f.got(ctx)
	require.NoError(t, err)
	assert.Equal(t, numbers(total), got)

	visits := s.visited()
	require.Greater(t, len(visits), rounds)
	for i, v := range visits {
		assert.Equal(t, c.proto(), v.proto)
		if i > 0 {
			assert.NotEmpty(t, v.lastEventID, "visit %d", i)
		}
	}
	t.Logf("%d visits", len(visits))
}

// numbers returns the decimals from 1 to n.
func numbers(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = strconv.Itoa(i + 1)
	}
	return all
}

// A tally is a follower for clients that are told, or tell, of each event. The zero tally
// has none.
type tally struct {
	mu      sync.Mutex
	events  []string      // guarded by mu
	changed chan struct{} // guarded by mu: closed by the next event; nil: nobody waits
}

// add adds the data of an event.
func (y *tally) add(data string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.events = append(y.events, data)
	if y.changed != nil {
		close(y.changed)
		y.changed = nil
	}
}

func (y *tally) await(ctx context.Context, n int) error {
	for {
		y.mu.Lock()
		if slices.Contains(y.events, strconv.Itoa(n)) {
			y.mu.Unlock()
			return nil
		}
		if y.changed == nil {
			y.changed = make(chan struct{})
		}
		changed := y.changed
		y.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (y *tally) got(context.Context) ([]string, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return append([]string(nil), y.events...), nil
}
