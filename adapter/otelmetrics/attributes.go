package otelmetrics

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/stream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// mostSets bounds how many sets of attributes are kept; others are made each time.
const mostSets = 1000

// A setKey is what a set of attributes is made of. Its zero fields are in no attribute.
type setKey struct {
	method, scheme, protocol, route string
	status                          int
	failed                          string

	reason, op    string
	kind          stream.Kind
	drop, refused bool
}

// sets keeps attributes, so that a measurement makes no garbage. The zero value is ready.
type sets struct {
	made atomic.Pointer[map[setKey]metric.MeasurementOption] // never changed, but replaced
	mu   sync.Mutex                                          // held to replace it
}

func (s *sets) get(key setKey) metric.MeasurementOption {
	if made := s.made.Load(); made != nil {
		if set, ok := (*made)[key]; ok {
			return set
		}
	}
	set := metric.WithAttributeSet(attribute.NewSet(key.attributes()...))
	s.keep(key, set)
	return set
}

func (s *sets) keep(key setKey, set metric.MeasurementOption) {
	s.mu.Lock()
	defer s.mu.Unlock()
	more := make(map[setKey]metric.MeasurementOption)
	if made := s.made.Load(); made != nil {
		if len(*made) >= mostSets {
			return
		}
		maps.Copy(more, *made)
	}
	more[key] = set
	s.made.Store(&more)
}

func (key setKey) attributes() (a []attribute.KeyValue) {
	for _, row := range []struct{ name, value string }{
		{"http.request.method", key.method}, {"url.scheme", key.scheme}, {"network.protocol.version", key.protocol},
		{"http.route", key.route}, {"error.type", key.failed}, {"onramp.close.reason", key.reason},
		{"onramp.refusal.op", key.op}, {"onramp.stream.kind", string(key.kind)},
	} {
		if row.value != "" {
			a = append(a, attribute.String(row.name, row.value))
		}
	}
	if key.status != 0 {
		a = append(a, attribute.Int("http.response.status_code", key.status))
	}
	if key.drop {
		a = append(a, attribute.Bool("onramp.drop.refused", key.refused))
	}
	return a
}

// began returns what is known when a request begins.
func began(r *http.Request) setKey {
	key := setKey{method: method(r.Method), scheme: "http"}
	if r.TLS != nil {
		key.scheme = "https"
	}
	return key
}

// ended returns what is known when it was answered.
func (o *Observer) ended(r *http.Request, end stream.RequestEnd) setKey {
	key := began(r)
	key.status, key.route = end.Status, o.opts.Route(r)
	key.protocol = protocol(r)
	switch {
	case end.Aborted:
		key.failed = "aborted"
	case end.Status >= 500:
		key.failed = strconv.Itoa(end.Status)
	}
	return key
}

var known = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}

// method returns what the conventions call a method, of which a client may make up many.
func method(m string) string {
	if slices.Contains(known, m) {
		return m
	}
	return "_OTHER"
}

// patternPath returns the path of the pattern that has matched, without method and host.
func patternPath(r *http.Request) string {
	if i := strings.IndexByte(r.Pattern, '/'); i >= 0 {
		return r.Pattern[i:]
	}
	return ""
}

// protocol returns the version as the conventions have it.
func protocol(r *http.Request) string {
	switch {
	case r.ProtoMajor > 1:
		return strconv.Itoa(r.ProtoMajor)
	case r.ProtoMinor == 0:
		return "1.0"
	}
	return "1.1"
}
