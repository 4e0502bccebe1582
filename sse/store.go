package sse

import (
	"context"
	"errors"
)

var (
	// ErrEvicted says that events behind an ID were kept once and are no more.
	ErrEvicted = errors.New("sse: events behind this ID are not kept any more")

	// ErrUnknownID says that an ID was never given out for the topic by this store, or
	// by one that knew nothing of what this one knows: it is made up, of another
	// topic, or of a store that has begun anew since.
	ErrUnknownID = errors.New("sse: unknown ID")
)

// A Store keeps the latest events of topics, so that clients that come back get what
// they have missed. Package storetest has the tests that any Store must pass. All
// methods may be called from any goroutine.
type Store interface {
	// Append keeps events, in this order and with nothing in between, as the latest
	// of topic, and returns them with the IDs that it has given them, in place of
	// those that they had. An ID has no line break and no NUL.
	Append(ctx context.Context, topic string, events ...Event) ([]Record, error)

	// Since returns all that was appended to topic behind the position id, oldest
	// first, and the Order of that position. An ID of a Record is a position, and so
	// is what Last returns. The empty id is the position ahead of everything that is
	// kept; it is never refused.
	//
	// The error is ErrEvicted where some of what was behind id is gone; then the
	// Records are what is left of it. It is ErrUnknownID where id is no position of
	// topic, with no Records, whatever other topics hold.
	Since(ctx context.Context, topic, id string) (order uint64, records []Record, err error)

	// Last returns the position behind everything that was appended to topic by now.
	Last(ctx context.Context, topic string) (id string, order uint64, err error)
}

// A Record is an event as a [Store] keeps it.
type Record struct {
	Event
	// Order rises from each Record of a topic to the next. It is never 0.
	Order uint64
}
