package stream_test

import (
	"fmt"

	"github.com/onramp-go/onramp/stream"
)

// The keys are hyperlane's. What is left out keeps net/http's own limit.
func ExampleParseRequestConfig() {
	cfg, err := stream.ParseRequestConfig([]byte(`{
		"max_path_size": 8192,
		"max_header_count": 100,
		"max_body_size": 2097152,
		"read_timeout_ms": 6000
	}`))
	fmt.Println(cfg.MaxPathSize, cfg.MaxHeaderCount, cfg.MaxBodySize, cfg.ReadTimeout, err)

	_, err = stream.ParseRequestConfig([]byte(`{"max_body_sise": 10}`))
	fmt.Println(err)
	// Output:
	// 8192 100 2097152 6s <nil>
	// stream: request config: unknown key "max_body_sise"
}
