package adapter

import "github.com/onramp-go/onramp/stream"

// Observers returns an Observer that passes everything on to each of all, one after the
// other. nil ones are left out; without any it returns nil.
func Observers(all ...stream.Observer) stream.Observer {
	var several observers
	for _, o := range all {
		if o != nil {
			several = append(several, o)
		}
	}
	switch len(several) {
	case 0:
		return nil
	case 1:
		return several[0]
	}
	return several
}

// observers passes on what it is told. One that panics keeps it from those behind it.
type observers []stream.Observer

func (all observers) Attached(sample func() stream.Gauges) {
	for _, o := range all {
		o.Attached(sample)
	}
}

func (all observers) ConnOpened(c stream.ConnInfo) {
	for _, o := range all {
		o.ConnOpened(c)
	}
}

func (all observers) ConnClosed(c stream.ConnInfo, end stream.ConnEnd) {
	for _, o := range all {
		o.ConnClosed(c, end)
	}
}

func (all observers) RequestBegan(r stream.RequestInfo) {
	for _, o := range all {
		o.RequestBegan(r)
	}
}

func (all observers) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	for _, o := range all {
		o.RequestEnded(r, end)
	}
}

func (all observers) StreamBegan(r stream.RequestInfo, kind stream.Kind) {
	for _, o := range all {
		o.StreamBegan(r, kind)
	}
}

func (all observers) StreamEnded(end stream.StreamEnd) {
	for _, o := range all {
		o.StreamEnded(end)
	}
}

func (all observers) Refused(r stream.RequestInfo, err *stream.RequestError) {
	for _, o := range all {
		o.Refused(r, err)
	}
}

func (all observers) Panicked(r stream.RequestInfo, err *stream.PanicError) {
	for _, o := range all {
		o.Panicked(r, err)
	}
}

func (all observers) Dropped(d stream.Drop) {
	for _, o := range all {
		o.Dropped(d)
	}
}
