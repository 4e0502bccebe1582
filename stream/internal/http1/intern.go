package http1

// canonical returns the canonical form of a field name that is known to be a
// token: first letter and every letter after a dash in upper case, the others in
// lower case, as textproto.CanonicalMIMEHeaderKey has it. It allocates only for
// names that are neither canonical already nor common.
func canonical(name string) string {
	upper := true
	for i := 0; i < len(name); i++ {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' || !upper && 'A' <= c && c <= 'Z' {
			return recase(name)
		}
		upper = c == '-'
	}
	return name
}

func recase(name string) string {
	var short [64]byte // longer names are never common
	buf := append(short[:0], name...)
	upper := true
	for i, c := range buf {
		switch {
		case upper && 'a' <= c && c <= 'z':
			buf[i] = c - ('a' - 'A')
		case !upper && 'A' <= c && c <= 'Z':
			buf[i] = c + ('a' - 'A')
		}
		upper = c == '-'
	}
	if known, ok := commonNames[string(buf)]; ok { // the compiler allocates nothing here
		return known
	}
	return string(buf)
}

// commonNames maps the canonical names clients send most to themselves, so that
// their lower case spelling costs no allocation. It is never written to.
var commonNames = func() map[string]string {
	names := make(map[string]string)
	for _, name := range []string{
		"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language",
		"Access-Control-Request-Headers", "Access-Control-Request-Method",
		"Authorization", "Baggage", "Cache-Control", "Cf-Connecting-Ip", "Cf-Ray",
		"Connection", "Content-Disposition", "Content-Encoding", "Content-Length",
		"Content-Type", "Cookie", "Date", "Dnt", "Expect", "Forwarded", "From", "Host",
		"Idempotency-Key", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
		"If-Unmodified-Since", "Keep-Alive", "Last-Event-Id", "Origin", "Pragma",
		"Priority", "Proxy-Authorization", "Proxy-Connection", "Range", "Referer",
		"Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest",
		"Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-Gpc",
		"Sec-Websocket-Extensions", "Sec-Websocket-Key", "Sec-Websocket-Protocol",
		"Sec-Websocket-Version", "Te", "Traceparent", "Tracestate", "Trailer",
		"Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent", "Via",
		"X-Api-Key", "X-Correlation-Id", "X-Csrf-Token", "X-Forwarded-For",
		"X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Http-Method-Override",
		"X-Real-Ip", "X-Request-Id", "X-Requested-With",
	} {
		names[name] = name
	}
	return names
}()
