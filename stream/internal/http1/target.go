package http1

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// setTarget parses the request target (RFC 9112, 3.2) into r.URL. u is memory that
// may be used for it. The URL is the one net/http's server would have made of it.
func setTarget(r *http.Request, u *url.URL, target string) *Error {
	r.RequestURI = target
	if plainTarget(u, target) {
		r.URL = u
		return nil
	}
	if r.Method == http.MethodConnect && target[0] != '/' {
		return setAuthority(r, target)
	}
	// CONNECT with a path is no HTTP, but what net/rpc's clients send.
	parsed, err := url.ParseRequestURI(target)
	if err != nil {
		return badRequest(opLine, errTarget)
	}
	r.URL = parsed
	if parsed.Scheme == "" {
		return nil
	}
	return checkAbsolute(parsed, target)
}

// setAuthority parses the target of a CONNECT request: host and port, nothing
// else (RFC 9112, 3.2.3), the port neither empty nor out of range (RFC 9110, 9.3.6).
func setAuthority(r *http.Request, target string) *Error {
	if !validHost(target) {
		return badRequest(opLine, errTargetHost)
	}
	u, err := url.ParseRequestURI("http://" + target)
	if err != nil {
		return badRequest(opLine, errTargetHost)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 || u.Hostname() == "" {
		return badRequest(opLine, errTargetHost)
	}
	u.Scheme = ""
	r.URL = u
	return nil
}

// checkAbsolute holds an absolute-form target to the rules for its authority: no
// userinfo (RFC 9110, 4.2.4), and in an http URI no empty host (RFC 9110, 4.2.1).
func checkAbsolute(u *url.URL, target string) *Error {
	web := u.Scheme == "http" || u.Scheme == "https"
	if u.User != nil || web && u.Hostname() == "" {
		return badRequest(opLine, errTargetHost)
	}
	if u.Host == "" {
		return nil
	}
	_, authority, _ := strings.Cut(target, "//")
	if i := strings.IndexAny(authority, "/?"); i >= 0 {
		authority = authority[:i]
	}
	if !validHost(authority) {
		return badRequest(opLine, errTargetHost)
	}
	return nil
}

// plainTarget takes the shortcut for a path of bytes that stand for themselves and
// a query that is not empty or not there at all. It fills u as
// url.ParseRequestURI would, or reports false.
func plainTarget(u *url.URL, target string) bool {
	if target[0] != '/' {
		return false
	}
	path, query := target, ""
	for i := 0; i < len(target); i++ {
		if c := target[i]; !plainBytes[c] {
			if c != '?' || i+1 == len(target) {
				return false
			}
			path, query = target[:i], target[i+1:]
			break
		}
	}
	u.Path, u.RawQuery = path, query
	return true
}

// plainBytes are the bytes that mean themselves in a path and that url.URL leaves
// unescaped, so that Path holds all there is and RawPath stays empty.
var plainBytes = func() (t [256]bool) {
	for _, c := range []byte("/-_.~$&+:=@0123456789" +
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] = true
	}
	return t
}()

// parseProto reads an HTTP-version (RFC 9112, 2.3): one digit each, nothing around.
func parseProto(v []byte) (major, minor int, ok bool) {
	if len(v) != len("HTTP/1.1") || string(v[:5]) != "HTTP/" || v[6] != '.' {
		return 0, 0, false
	}
	major, minor = int(v[5])-'0', int(v[7])-'0'
	return major, minor, 0 <= major && major <= 9 && 0 <= minor && minor <= 9
}
