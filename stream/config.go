package stream

import (
	"fmt"
	"math"
	"time"
)

// Bounds of a [RequestConfig].
const (
	minBufferSize = 256
	maxBufferSize = 16 << 20
)

// RequestConfig bounds what a client may send, and how slowly. Sizes are in bytes.
// In every field but BufferSize a negative value means no bound; the zero value
// leaves net/http's own limits as they are: MaxHeaderBytes of the http.Server for
// the head (1 MiB if that is zero), its ReadTimeout, and no bound on the body.
//
// A breach runs the request-error hooks and is answered with the status named on
// the field; then the connection is closed. The JSON form has hyperlane's keys.
type RequestConfig struct {
	// BufferSize is the size of the read buffer of a connection that is not idle.
	// 0: 4096. At least 256, at most 16 MiB.
	BufferSize int
	// MaxPathSize bounds the request target, path and query as sent. 0: no bound
	// but that of the head. Status 414.
	MaxPathSize int
	// MaxHeaderCount bounds the number of header fields. 0: no bound but that of
	// the head. Status 431.
	MaxHeaderCount int
	// MaxHeaderKeySize bounds one field name. 0: no bound but that of the head.
	// Status 431.
	MaxHeaderKeySize int
	// MaxHeaderValueSize bounds one field value. 0: no bound but that of the head.
	// Status 431.
	MaxHeaderValueSize int
	// MaxBodySize bounds the request body after chunked decoding. 0: no bound.
	// Status 413.
	MaxBodySize int64
	// ReadTimeout bounds the time from the first byte of a request to the end of
	// its body. 0: the http.Server's ReadTimeout. Status 408 if it passes before
	// the head is whole; afterwards a read of the body fails.
	ReadTimeout time.Duration
}

// DefaultRequestConfig returns hyperlane's default limits.
func DefaultRequestConfig() RequestConfig {
	return RequestConfig{
		BufferSize: 4096, MaxPathSize: 8192, MaxHeaderCount: 100, MaxHeaderKeySize: 8192,
		MaxHeaderValueSize: 8192, MaxBodySize: 2 << 20, ReadTimeout: 6 * time.Second,
	}
}

// LowSecurityRequestConfig returns hyperlane's limits for trusted networks: none,
// but for the http.Server's MaxHeaderBytes.
func LowSecurityRequestConfig() RequestConfig {
	return RequestConfig{
		BufferSize: 4096, MaxPathSize: -1, MaxHeaderCount: -1, MaxHeaderKeySize: -1,
		MaxHeaderValueSize: -1, MaxBodySize: -1, ReadTimeout: -1,
	}
}

// HighSecurityRequestConfig returns hyperlane's limits for hostile networks.
func HighSecurityRequestConfig() RequestConfig {
	return RequestConfig{
		BufferSize: 4096, MaxPathSize: 4096, MaxHeaderCount: 50, MaxHeaderKeySize: 4096,
		MaxHeaderValueSize: 4096, MaxBodySize: 1 << 20, ReadTimeout: 3 * time.Second,
	}
}

// Validate returns an error that names the first field that is out of range, by
// its JSON key.
func (c RequestConfig) Validate() error {
	if c.BufferSize != 0 && (c.BufferSize < minBufferSize || c.BufferSize > maxBufferSize) {
		return fmt.Errorf("stream: request config: buffer_size: %d is not in %d to %d", c.BufferSize, minBufferSize, maxBufferSize)
	}
	if c.ReadTimeout > 0 && c.ReadTimeout < time.Millisecond {
		return fmt.Errorf("stream: request config: read_timeout_ms: %v is less than a millisecond", c.ReadTimeout)
	}
	for _, f := range []struct {
		key   string
		value int64
	}{
		{"max_path_size", int64(c.MaxPathSize)},
		{"max_header_count", int64(c.MaxHeaderCount)},
		{"max_header_key_size", int64(c.MaxHeaderKeySize)},
		{"max_header_value_size", int64(c.MaxHeaderValueSize)},
	} {
		if f.value > math.MaxInt32 {
			return fmt.Errorf("stream: request config: %s: %d is more than %d", f.key, f.value, math.MaxInt32)
		}
	}
	return nil
}
