package compat_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A knownDifference is one from bare that is accepted: because the standard
// library lets nobody do what it does itself, or because what it does is a
// mistake. It names the carriers by a part of their names.
type knownDifference struct {
	on     string
	reason string
}

// known lists the accepted differences by case. An entry that is not needed
// any more fails its case.
var known = map[string][]knownDifference{
	"request body/http.MaxBytesReader, beyond":          {{"Eager", maxBytes}, {"hooks", maxBytes}},
	"request body/http.MaxBytesReader, beyond, chunked": {{"Eager", maxBytes}, {"hooks", maxBytes}},
	"stdlib/http.MaxBytesHandler":                       {{"Eager", maxBytes}, {"hooks", maxBytes}},
	"chi/RequestSize":                                   {{"Eager", maxBytes}, {"hooks", maxBytes}},
	"body left/1 MiB echoed, chunked":                   {{"Eager", thrownAway}},
	"body left/1 MiB read after a flush, chunked":       {{"Eager", thrownAway}},
	"connection/keep-alive switched off on the way": {
		{"Eager", "http.Server tells nobody that SetKeepAlivesEnabled was called"},
	},
	"header/lower-case content-length": {
		{"Eager", "RFC 9110, section 5.1: a length is one in letters of any case, where net/http sends its own beside it"},
	},
	"header/NUL in a value": {
		{"Eager", "RFC 9110, section 5.5: NUL is replaced by SP, which net/http forgets"},
	},
	"hijack/after a write": {
		{"Eager", "net/http loses what was written and not yet flushed, after it promised it in a header"},
	},
	"length/no number, HEAD":     {{"Eager", noNumber}},
	"length/no number, HTTP 1.0": {{"Eager", noNumber}},
	"length/twice the same": {
		{"Eager", "RFC 9110, section 8.6: a length is sent once, where net/http repeats it"},
	},
	"log line/status twice": {{"hooks", blamed}},
	"log line/status after a write, in a function of net/http": {{"hooks", blamed}},
	"log line/redirect after a write":                          {{"hooks", blamed}},
	"log line/status after Hijack":                             {{"hooks", blamed}},
	"log line/write after Hijack":                              {{"hooks", blamed}},
	"log line/error after Hijack":                              {{"hooks", blamed}},
	"request body/broken off": {
		{"Eager", "the connection ends either way; net/http does not announce it"},
	},
	"request/CONNECT to an authority": {{"Eager", connect}},
	"request/CONNECT to a path":       {{"Eager", connect}},
	"server/ReadHeaderTimeout": {
		{"Eager", "408 says what happened, where net/http answers 400"},
	},
}

// connect is why a connection is closed that net/http keeps.
const connect = "what follows an answer to CONNECT may be meant for the tunnel, and is never taken for a request"

// thrownAway is why a chunked body that is too much to be thrown away cannot be
// read any more once the response has begun.
const thrownAway = "net/http throws the first 256 KiB away and lets the handler take the rest for the whole body"

// noNumber is why a length is missing.
const noNumber = "net/http sends the length on that it has just logged as invalid"

// blamed is why a line of the log names another place.
const blamed = "net/http blames whoever calls its own writer, which here is the layer's"

// maxBytes is why a connection stays open that net/http closes.
const maxBytes = "http.MaxBytesReader reports to writers through a method that is not exported"

// compare fails if a carrier's outcome is not that of the bare server, unless
// the difference is known. It returns the known difference that it met.
func compare(t *testing.T, hc *handlerCase, c carrier, bare, wrapped string) *knownDifference {
	t.Helper()
	d := diff(bare, wrapped)
	if d == "" {
		return nil
	}
	for i, k := range known[hc.name] {
		engine := k.on == "Eager" && strings.HasPrefix(c.name, "Server")           // the same engine, from the first byte
		layer := k.on == "hooks" && strings.Contains(c.name, "OnDemand, observed") // who observes is one, too
		if strings.Contains(c.name, k.on) || engine || layer {
			t.Logf("known on %q: %s", k.on, k.reason)
			return &known[hc.name][i]
		}
	}
	t.Errorf("- bare, + %s:\n%s", c.name, d)
	return nil
}

// requireNeeded fails a case whose known differences are no longer there.
func requireNeeded(t *testing.T, hc *handlerCase, met map[string]bool) {
	t.Helper()
	for _, k := range known[hc.name] {
		assert.True(t, met[k.on], "%s does not differ on %q any more: take it off the list", hc.name, k.on)
	}
}
