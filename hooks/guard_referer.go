package hooks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Referer returns a guard that continues if the request was made from a page of one
// of sites, by its Referer (RFC 9110, section 10.1.3), and otherwise rejects with
// 403, unless a refusal is staged. A request without a Referer is rejected, and one
// with several unless all match.
//
// A site is a host as for [Host], such as "example.com", or an origin, such as
// "https://example.com", which asks for the scheme and the port as well; the port is
// then the scheme's own if none is given. Paths do not count: browsers keep them to
// themselves across origins. Any client but a browser can say what it likes.
//
// Referer panics if there is no site, or one is malformed or has a path. hyperlane's
// referer compares the whole value, and skips only the rest of its own hook.
func Referer(sites ...string) ServerHook {
	from := sitesOf("Referer", sites)
	return guard(func(r *http.Request) bool {
		values := r.Header["Referer"]
		return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !from.include(v) })
	}, true, http.StatusForbidden)
}

// RejectReferer is the twin of [Referer]: it rejects requests made from a page of the
// sites given. One without a Referer passes.
func RejectReferer(sites ...string) ServerHook {
	from := sitesOf("RejectReferer", sites)
	return guard(func(r *http.Request) bool {
		return slices.ContainsFunc(r.Header["Referer"], from.include)
	}, false, http.StatusForbidden)
}

// A site is an origin, or a host alone.
type site struct {
	scheme string // "": any
	authority
}

type siteList []site

// include reports whether the URL is in one of the sites.
func (l siteList) include(referer string) bool {
	u, err := url.Parse(referer)
	if err != nil {
		return false
	}
	is, ok := originOf(u)
	return ok && slices.ContainsFunc(l, func(want site) bool {
		return (want.scheme == "" || want.scheme == is.scheme) && is.matches(want.authority)
	})
}

// originOf returns the origin of u, with its port.
func originOf(u *url.URL) (site, bool) {
	a, ok := parseAuthority(u.Host)
	if a.port == "" {
		switch u.Scheme {
		case "http":
			a.port = "80"
		case "https":
			a.port = "443"
		}
	}
	return site{u.Scheme, a}, ok
}

func sitesOf(name string, sites []string) siteList {
	if len(sites) == 0 {
		panic("hooks." + name + ": no site")
	}
	parsed := make(siteList, len(sites))
	for i, s := range sites {
		scheme, host, isOrigin := strings.Cut(s, "://")
		if !isOrigin {
			parsed[i] = site{authority: mustAuthority(name, s)}
			continue
		}
		mustAuthority(name, strings.TrimSuffix(host, "/"))
		u, err := url.Parse(s)
		if err == nil {
			parsed[i], isOrigin = originOf(u)
		}
		if err != nil || !isOrigin || scheme == "" {
			panic("hooks." + name + ": " + quote(s) + " is no origin")
		}
	}
	return parsed
}
