package http1

import "strings"

// framingNames are the fields of which a head has, or adds, its own.
var framingNames = [...]string{"Connection", "Content-Length", "Content-Type", "Date", "Trailer", "Transfer-Encoding"}

// FramingName returns name as it is spelt if it is one on which a response's framing
// hangs, or which is added where it is missing, in letters of any case; else it returns
// name as it is.
func FramingName(name string) string {
	if name == "" || 'A' <= name[0] && name[0] <= 'Z' && isCanonical(name) {
		return name
	}
	for _, known := range framingNames {
		if len(name) == len(known) && strings.EqualFold(name, known) {
			return known
		}
	}
	return name
}

// isCanonical reports whether upper case stands behind hyphens and nowhere else in a
// name that begins with it.
func isCanonical(name string) bool {
	for i := 1; i < len(name); i++ {
		c, begins := name[i], name[i-1] == '-'
		if begins && 'a' <= c && c <= 'z' || !begins && 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
