package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"
)

// unbounded is how hyperlane writes "no bound": the largest 64-bit number.
const unbounded = math.MaxUint64

// ParseRequestConfig reads a RequestConfig from hyperlane's JSON form: an object
// with any of the keys buffer_size, max_path_size, max_header_count,
// max_header_key_size, max_header_value_size, max_body_size and read_timeout_ms. A
// key that is absent, null or 0 leaves the field zero; 18446744073709551615, as
// hyperlane writes its low security preset, means no bound. Any other key, and a
// value out of range, is an error that names the key.
func ParseRequestConfig(data []byte) (RequestConfig, error) {
	var c RequestConfig
	err := c.UnmarshalJSON(data)
	return c, err
}

type configField struct {
	key string
	get func(*RequestConfig) int64
	set func(*RequestConfig, int64)
	max uint64
}

var configFields = []configField{
	{"buffer_size", func(c *RequestConfig) int64 { return int64(c.BufferSize) }, func(c *RequestConfig, n int64) { c.BufferSize = int(n) }, maxBufferSize},
	{"max_path_size", func(c *RequestConfig) int64 { return int64(c.MaxPathSize) }, func(c *RequestConfig, n int64) { c.MaxPathSize = int(n) }, math.MaxInt32},
	{"max_header_count", func(c *RequestConfig) int64 { return int64(c.MaxHeaderCount) }, func(c *RequestConfig, n int64) { c.MaxHeaderCount = int(n) }, math.MaxInt32},
	{"max_header_key_size", func(c *RequestConfig) int64 { return int64(c.MaxHeaderKeySize) }, func(c *RequestConfig, n int64) { c.MaxHeaderKeySize = int(n) }, math.MaxInt32},
	{"max_header_value_size", func(c *RequestConfig) int64 { return int64(c.MaxHeaderValueSize) }, func(c *RequestConfig, n int64) { c.MaxHeaderValueSize = int(n) }, math.MaxInt32},
	{"max_body_size", func(c *RequestConfig) int64 { return c.MaxBodySize }, func(c *RequestConfig, n int64) { c.MaxBodySize = n }, math.MaxInt64},
	{"read_timeout_ms", func(c *RequestConfig) int64 {
		if c.ReadTimeout < 0 {
			return -1
		}
		return c.ReadTimeout.Milliseconds()
	}, func(c *RequestConfig, n int64) {
		if c.ReadTimeout = time.Duration(n) * time.Millisecond; n < 0 {
			c.ReadTimeout = -1
		}
	}, math.MaxInt64 / uint64(time.Millisecond)},
}

// UnmarshalJSON reads c as [ParseRequestConfig] does. c is unchanged on error.
func (c *RequestConfig) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	var raw map[string]json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return fmt.Errorf("stream: request config: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("stream: request config: more than one JSON value")
	}
	var read RequestConfig
	for _, f := range configFields {
		text, ok := raw[f.key]
		delete(raw, f.key)
		if !ok || string(text) == "null" {
			continue
		}
		n, err := strconv.ParseUint(string(text), 10, 64)
		switch {
		case err != nil:
			return fmt.Errorf("stream: request config: %s: %s is not a whole number from 0 to %d", f.key, text, f.max)
		case n == unbounded && f.key != "buffer_size":
			f.set(&read, -1)
		case n > f.max:
			return fmt.Errorf("stream: request config: %s: %d is more than %d", f.key, n, f.max)
		default:
			f.set(&read, int64(n))
		}
	}
	if len(raw) > 0 {
		var unknown []string
		for key := range raw {
			unknown = append(unknown, key)
		}
		return fmt.Errorf("stream: request config: unknown key %q", slices.Min(unknown))
	}
	if err := read.Validate(); err != nil {
		return err
	}
	*c = read
	return nil
}

// MarshalJSON writes c with all of hyperlane's keys.
func (c RequestConfig) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, f := range configFields {
		n := f.get(&c)
		value := strconv.FormatInt(n, 10)
		if n < 0 {
			value = strconv.FormatUint(unbounded, 10)
		}
		b.WriteString([]string{"{", ","}[min(i, 1)] + strconv.Quote(f.key) + ":" + value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
