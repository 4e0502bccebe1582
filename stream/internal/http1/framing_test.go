package http1_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestHasToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		want  bool
	}{
		{"close", true}, {"Close", true}, {"x, close", true}, {"close,x", true},
		{"x close", true}, {"close\tx", true}, {" close ", true}, {",close,", true},
		{"", false}, {"clos", false}, {"closed", false}, {"disclose", false},
		{"close;x", false}, {"x=close", false}, {"\"close\"", false}, {"cloſe", false},
	} {
		assert.Equal(t, c.want, http1.HasToken(c.value, "close"), "%q", c.value)
	}
}
