package main

import (
	"encoding/json"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
)

// numbersEvery is how often the numbers are sent.
const numbersEvery = time.Second

// newNumbers returns a stream of what counters has counted, for whoever looks after the
// service. A slow client gets the latest only. The stream is one of those that are
// counted.
func newNumbers(counters *adapter.Counters) hooks.ServerHook {
	return sse.Hook(func(x *sse.Session) error {
		tick := time.NewTicker(numbersEvery)
		defer tick.Stop()
		for {
			data, err := json.Marshal(counters.Snapshot())
			if err != nil {
				return err
			}
			if err := x.Send(sse.Event{Data: string(data)}); err != nil {
				return err // the client has left, or the service shuts down
			}
			select {
			case <-x.Context().Done():
				return nil
			case <-tick.C:
			}
		}
	}, &sse.Options{Policy: sse.KeepLatest})
}
