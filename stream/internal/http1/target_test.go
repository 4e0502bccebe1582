package http1_test

import (
	"bufio"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// The shortcut for plain targets gives what url.ParseRequestURI gives, for every byte
// in every place.
func TestTargetOfEveryByte(t *testing.T) {
	for c := range 256 {
		for _, form := range []string{"/%", "/a%b", "/a?%", "/a?b%c", "/%/", "/a%?b", "/?%b", "/a??%", "%", "/%41%", "//%", "/a/%?"} {
			target := strings.Replace(form, "%", string([]byte{byte(c)}), 1)
			if strings.Contains(target, " ") {
				continue // ends the target
			}
			want, refusal := url.ParseRequestURI(target)
			br := bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
			r, err := http1.ReadRequest(br, &wide)
			if refusal != nil {
				assert.Equal(t, 400, status(err), "%q", target)
				continue
			}
			require.NoError(t, err, "%q", target)
			assert.Equal(t, want, r.URL, "%q", target)
			assert.Equal(t, target, r.RequestURI)
			assert.Equal(t, want.String(), r.URL.String())
		}
	}
}
