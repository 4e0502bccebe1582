package stream_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// The numbers are those of hyperlane's constants.
func TestRequestConfigPresets(t *testing.T) {
	t.Parallel()
	assert.Equal(t, stream.RequestConfig{
		BufferSize: 4096, MaxPathSize: 8192, MaxHeaderCount: 100, MaxHeaderKeySize: 8192,
		MaxHeaderValueSize: 8192, MaxBodySize: 2097152, ReadTimeout: 6000 * time.Millisecond,
	}, stream.DefaultRequestConfig())
	assert.Equal(t, stream.RequestConfig{
		BufferSize: 4096, MaxPathSize: 4096, MaxHeaderCount: 50, MaxHeaderKeySize: 4096,
		MaxHeaderValueSize: 4096, MaxBodySize: 1048576, ReadTimeout: 3000 * time.Millisecond,
	}, stream.HighSecurityRequestConfig())
	assert.Equal(t, stream.RequestConfig{
		BufferSize: 4096, MaxPathSize: -1, MaxHeaderCount: -1, MaxHeaderKeySize: -1,
		MaxHeaderValueSize: -1, MaxBodySize: -1, ReadTimeout: -1,
	}, stream.LowSecurityRequestConfig())
}

func TestRequestConfigValidate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		cfg  stream.RequestConfig
		key  string // "": valid
	}{
		{"zero", stream.RequestConfig{}, ""},
		{"default", stream.DefaultRequestConfig(), ""},
		{"low security", stream.LowSecurityRequestConfig(), ""},
		{"high security", stream.HighSecurityRequestConfig(), ""},
		{"least buffer", stream.RequestConfig{BufferSize: 256}, ""},
		{"most buffer", stream.RequestConfig{BufferSize: 16 << 20}, ""},
		{"too small a buffer", stream.RequestConfig{BufferSize: 255}, "buffer_size"},
		{"too large a buffer", stream.RequestConfig{BufferSize: 16<<20 + 1}, "buffer_size"},
		{"a negative buffer", stream.RequestConfig{BufferSize: -1}, "buffer_size"},
		{"a millisecond", stream.RequestConfig{ReadTimeout: time.Millisecond}, ""},
		{"less than a millisecond", stream.RequestConfig{ReadTimeout: time.Microsecond}, "read_timeout_ms"},
		{"no time-out", stream.RequestConfig{ReadTimeout: -1}, ""},
		{"most path", stream.RequestConfig{MaxPathSize: math.MaxInt32}, ""},
		{"any body", stream.RequestConfig{MaxBodySize: math.MaxInt64}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := row.cfg.Validate()
			if row.key == "" {
				assert.NoError(t, err)
				assert.NotPanics(t, func() { adapter.New(&adapter.Options{Request: row.cfg}) })
				return
			}
			assert.ErrorContains(t, err, "stream: request config: "+row.key+": ")
			assert.Panics(t, func() { adapter.New(&adapter.Options{Request: row.cfg}) })
		})
	}
}

// Sizes beyond 32 bits are mistakes, where an int can hold them at all.
func TestRequestConfigValidateSizes(t *testing.T) {
	t.Parallel()
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int has 32 bits")
	}
	beyond := math.MaxInt32
	beyond++
	for key, cfg := range map[string]stream.RequestConfig{
		"max_path_size":         {MaxPathSize: beyond},
		"max_header_count":      {MaxHeaderCount: beyond},
		"max_header_key_size":   {MaxHeaderKeySize: beyond},
		"max_header_value_size": {MaxHeaderValueSize: beyond},
	} {
		err := cfg.Validate()
		if assert.Error(t, err, key) {
			assert.True(t, strings.Contains(err.Error(), key), "%v", err)
		}
	}
}
