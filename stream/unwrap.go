package stream

import (
	"net/http"
	"reflect"
)

type unwrapper interface{ Unwrap() http.ResponseWriter }

// innermost returns the last writer in the chain of Unwrap.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(unwrapper)
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}

// hijackable reports whether http.ResponseController would find an http.Hijacker.
func hijackable(w http.ResponseWriter) bool {
	for {
		if _, ok := w.(http.Hijacker); ok {
			return true
		}
		u, ok := w.(unwrapper)
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
}

// sameWriter compares identities; writers that cannot be compared are different.
func sameWriter(a, b http.ResponseWriter) bool {
	t := reflect.TypeOf(a)
	return t != nil && t.Comparable() && a == b
}

// sameMap compares identities.
func sameMap(a, b http.Header) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}
