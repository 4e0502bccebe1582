package stream_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseRequestConfig(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       stream.RequestConfig
	}{
		{"nothing", `{}`, stream.RequestConfig{}},
		{"white space", " {\n} \n", stream.RequestConfig{}},
		{"null", `{"max_body_size": null, "buffer_size": null}`, stream.RequestConfig{}},
		{"zeros", `{"max_body_size": 0, "buffer_size": 0, "read_timeout_ms": 0}`, stream.RequestConfig{}},
		{"one key", `{"max_header_count": 7}`, stream.RequestConfig{MaxHeaderCount: 7}},
		{"milliseconds", `{"read_timeout_ms": 1500}`, stream.RequestConfig{ReadTimeout: 1500 * time.Millisecond}},
		{"most time", `{"read_timeout_ms": 9223372036854}`, stream.RequestConfig{ReadTimeout: 9223372036854 * time.Millisecond}},
		{"most body", `{"max_body_size": 9223372036854775807}`, stream.RequestConfig{MaxBodySize: math.MaxInt64}},
		{"most path", `{"max_path_size": 2147483647}`, stream.RequestConfig{MaxPathSize: math.MaxInt32}},
		{
			"hyperlane's default", `{"buffer_size":4096,"max_path_size":8192,"max_header_count":100,"max_header_key_size":8192,
				"max_header_value_size":8192,"max_body_size":2097152,"read_timeout_ms":6000}`,
			stream.DefaultRequestConfig(),
		},
		{ // usize::MAX and u64::MAX
			"hyperlane's low security", `{"buffer_size":4096,"max_path_size":18446744073709551615,
				"max_header_count":18446744073709551615,"max_header_key_size":18446744073709551615,
				"max_header_value_size":18446744073709551615,"max_body_size":18446744073709551615,
				"read_timeout_ms":18446744073709551615}`,
			stream.LowSecurityRequestConfig(),
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := stream.ParseRequestConfig([]byte(row.text))
			require.NoError(t, err)
			assert.Equal(t, row.want, got)
			var unmarshalled stream.RequestConfig
			require.NoError(t, json.Unmarshal([]byte(row.text), &unmarshalled))
			assert.Equal(t, row.want, unmarshalled)
		})
	}
}

func TestParseRequestConfigErrors(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, says string }{
		{"empty", ``, "EOF"},
		{"cut off", `{"max_body_size": 1`, "EOF"},
		{"no object", `[]`, "array"},
		{"number", `7`, "number"},
		{"two values", `{} {}`, "more than one JSON value"},
		{"rubbish behind", `{} x`, "more than one JSON value"},
		{"unknown key", `{"max_body_sise": 1}`, `"max_body_sise"`},
		{"unknown keys", `{"zz": 1, "aa": 2}`, `"aa"`},
		{"other case", `{"Max_Body_Size": 1}`, `"Max_Body_Size"`},
		{"negative", `{"max_path_size": -1}`, "max_path_size"},
		{"fraction", `{"max_header_count": 1.5}`, "max_header_count"},
		{"exponent", `{"max_header_count": 1e2}`, "max_header_count"},
		{"text", `{"max_header_key_size": "8192"}`, "max_header_key_size"},
		{"object", `{"max_header_value_size": {}}`, "max_header_value_size"},
		{"Boolean", `{"max_body_size": true}`, "max_body_size"},
		{"too large for the key", `{"max_path_size": 2147483648}`, "max_path_size"},
		{"too large for an int64", `{"max_body_size": 9223372036854775808}`, "max_body_size"},
		{"too large for anything", `{"max_body_size": 18446744073709551616}`, "max_body_size"},
		{"too long a time", `{"read_timeout_ms": 9223372036855}`, "read_timeout_ms"},
		{"no bound on the buffer", `{"buffer_size": 18446744073709551615}`, "buffer_size"},
		{"too small a buffer", `{"buffer_size": 255}`, "buffer_size"},
		{"too large a buffer", `{"buffer_size": 16777217}`, "buffer_size"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := stream.ParseRequestConfig([]byte(row.text))
			assert.ErrorContains(t, err, "stream: request config: ")
			assert.ErrorContains(t, err, row.says)
			assert.Zero(t, got)

			kept := stream.DefaultRequestConfig()
			assert.Error(t, kept.UnmarshalJSON([]byte(row.text)))
			assert.Equal(t, stream.DefaultRequestConfig(), kept, "it is unchanged on error")
		})
	}
}

// A key that comes twice has its last value, as encoding/json has it.
func TestParseRequestConfigTwice(t *testing.T) {
	t.Parallel()
	got, err := stream.ParseRequestConfig([]byte(`{"max_body_size": 1, "max_body_size": 2}`))
	require.NoError(t, err)
	assert.EqualValues(t, 2, got.MaxBodySize)
}

func TestRequestConfigRoundTrip(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]stream.RequestConfig{
		"zero": {}, "default": stream.DefaultRequestConfig(), "low": stream.LowSecurityRequestConfig(), "high": stream.HighSecurityRequestConfig(),
		"odd": {BufferSize: 300, MaxPathSize: 1, MaxHeaderCount: -1, MaxHeaderKeySize: 2, MaxBodySize: math.MaxInt64, ReadTimeout: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(cfg)
			require.NoError(t, err)
			back, err := stream.ParseRequestConfig(text)
			require.NoError(t, err)
			assert.Equal(t, cfg, back)
			var keys map[string]any
			require.NoError(t, json.Unmarshal(text, &keys))
			assert.Len(t, keys, 7)
		})
	}
	text, err := json.Marshal(stream.LowSecurityRequestConfig())
	require.NoError(t, err)
	assert.JSONEq(t, `{"buffer_size":4096,"max_path_size":18446744073709551615,"max_header_count":18446744073709551615,
		"max_header_key_size":18446744073709551615,"max_header_value_size":18446744073709551615,
		"max_body_size":18446744073709551615,"read_timeout_ms":18446744073709551615}`, string(text))
}

// Negative numbers other than -1 mean the same, and come back as -1.
func TestRequestConfigRoundTripNegative(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(stream.RequestConfig{MaxPathSize: -7, MaxBodySize: -7, ReadTimeout: -time.Hour})
	require.NoError(t, err)
	back, err := stream.ParseRequestConfig(text)
	require.NoError(t, err)
	assert.Equal(t, stream.RequestConfig{MaxPathSize: -1, MaxBodySize: -1, ReadTimeout: -1}, back)
}

// A fraction of a millisecond cannot be written: it must not become "no bound".
func TestRequestConfigMarshalFraction(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(stream.RequestConfig{ReadTimeout: 1500 * time.Microsecond})
	require.NoError(t, err)
	back, err := stream.ParseRequestConfig(text)
	require.NoError(t, err)
	assert.Positive(t, back.ReadTimeout)
}
