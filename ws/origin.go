package ws

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// allowedOrigin reports whether r names no origin, that of its own host, or one of the
// patterns.
func (s *settings) allowedOrigin(r *http.Request) bool {
	origins := r.Header["Origin"]
	if len(origins) == 0 {
		return true
	}
	u, err := url.Parse(origins[0])
	if len(origins) > 1 || err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, r.Host) {
		return true
	}
	for _, pattern := range s.Origins {
		origin := u.Host
		if strings.Contains(pattern, "://") {
			origin = u.Scheme + "://" + u.Host
		}
		if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(origin)); ok {
			return true
		}
	}
	return false
}

// checkPatterns panics if one of the patterns is none.
func checkPatterns(caller string, patterns []string) {
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			panic(fmt.Sprintf("%s: %q is no pattern of an origin", caller, pattern))
		}
	}
}
