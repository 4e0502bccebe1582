package stream

import (
	"io"
	"net/http"
)

// flusher is what a writer with Flush offers: ResponseController prefers FlushError.
type flusher interface {
	http.Flusher
	FlushError() error
}

// closeNotifier is http.CloseNotifier, without its deprecation.
type closeNotifier interface{ CloseNotify() <-chan bool }

// capable returns l with the optional interfaces of the writer below, and no others:
// a handler that asks for one must get the answer it would get without the layer.
// CloseNotify is passed on in the two combinations that net/http's own writers have.
func (l *layerWriter) capable() http.ResponseWriter {
	const (
		flush = 1 << iota
		hijack
		readFrom
		push
	)
	has := 0
	w := l.ResponseWriter
	if _, ok := w.(http.Flusher); ok {
		has |= flush
	} else if _, ok := w.(interface{ FlushError() error }); ok {
		has |= flush
	}
	if _, ok := w.(http.Hijacker); ok {
		has |= hijack
	}
	if _, ok := w.(io.ReaderFrom); ok {
		has |= readFrom
	}
	if _, ok := w.(http.Pusher); ok {
		has |= push
	}
	f, h, r, p := layerFlusher{l}, layerHijacker{l}, layerReaderFrom{l}, layerPusher{l}
	if _, ok := w.(closeNotifier); ok {
		switch has {
		case flush | hijack | readFrom:
			return struct {
				*layerWriter
				flusher
				http.Hijacker
				io.ReaderFrom
				closeNotifier
			}{l, f, h, r, layerNotifier{l}}
		case flush | push:
			return struct {
				*layerWriter
				flusher
				http.Pusher
				closeNotifier
			}{l, f, p, layerNotifier{l}}
		}
	}
	switch has {
	case flush:
		return struct {
			*layerWriter
			flusher
		}{l, f}
	case hijack:
		return struct {
			*layerWriter
			http.Hijacker
		}{l, h}
	case flush | hijack:
		return struct {
			*layerWriter
			flusher
			http.Hijacker
		}{l, f, h}
	case readFrom:
		return struct {
			*layerWriter
			io.ReaderFrom
		}{l, r}
	case flush | readFrom:
		return struct {
			*layerWriter
			flusher
			io.ReaderFrom
		}{l, f, r}
	case hijack | readFrom:
		return struct {
			*layerWriter
			http.Hijacker
			io.ReaderFrom
		}{l, h, r}
	case flush | hijack | readFrom:
		return struct {
			*layerWriter
			flusher
			http.Hijacker
			io.ReaderFrom
		}{l, f, h, r}
	case push:
		return struct {
			*layerWriter
			http.Pusher
		}{l, p}
	case flush | push:
		return struct {
			*layerWriter
			flusher
			http.Pusher
		}{l, f, p}
	case hijack | push:
		return struct {
			*layerWriter
			http.Hijacker
			http.Pusher
		}{l, h, p}
	case flush | hijack | push:
		return struct {
			*layerWriter
			flusher
			http.Hijacker
			http.Pusher
		}{l, f, h, p}
	case readFrom | push:
		return struct {
			*layerWriter
			io.ReaderFrom
			http.Pusher
		}{l, r, p}
	case flush | readFrom | push:
		return struct {
			*layerWriter
			flusher
			io.ReaderFrom
			http.Pusher
		}{l, f, r, p}
	case hijack | readFrom | push:
		return struct {
			*layerWriter
			http.Hijacker
			io.ReaderFrom
			http.Pusher
		}{l, h, r, p}
	case flush | hijack | readFrom | push:
		return struct {
			*layerWriter
			flusher
			http.Hijacker
			io.ReaderFrom
			http.Pusher
		}{l, f, h, r, p}
	}
	return l
}
