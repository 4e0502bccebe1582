package compat_test

import (
	"regexp"
	"strings"
	"sync"
)

// A difference is one from net/http that is there on purpose.
type difference struct {
	name    string
	section string // of the RFC that asks for it, or leaves it open
	why     string

	// seed is an input that shows it; a difference that no longer shows is to be
	// taken off the table.
	seed string

	// in is what an input must have to show it, nil: anything.
	in *regexp.Regexp

	// cuts is the seed of random cuts where only these show the difference.
	cuts uint64

	// shape says how the engine departs from net/http.
	shape shape

	// even, in the place of shape, evens out a difference that may come along with
	// any other.
	even func(in input, stock, engine result) (result, result)
}

// covers reports whether d explains what was seen.
func (d *difference) covers(in input, stock, engine result) bool {
	return d.shape(in, stock, engine) && (d.in == nil || d.in.MatchString(in.bytes))
}

// differences are all there are. The first that covers an input explains it.
var differences = sync.OnceValue(func() []difference {
	host := "POST /p HTTP/1.1\r\nHost: a\r\n"
	return []difference{
		{
			name: "folded line", section: "RFC 9112, 5.2", why: "a server rejects obs-fold or replaces it; whoever passes it on unfolded sees another field",
			seed: gotten("X: y\r\n z\r\n"), in: regexp.MustCompile(`\n[ \t]`), shape: refusedFor("folded header line"),
		},
		{
			name: "equal lengths", section: "RFC 9112, 6.3", why: "the one exception allows to take them; nobody sends them in good faith",
			seed: posted("Content-Length: 5\r\nContent-Length: 5\r\n", "12345"), in: regexp.MustCompile(`(?is)content-length.*content-length`),
			shape: refusedFor("more than one Content-Length"),
		},
		{
			name: "length and coding", section: "RFC 9112, 6.1", why: "such a message indicates an attempt at smuggling",
			seed: posted("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
			in:   regexp.MustCompile(`(?is)content-length.*transfer-encoding|transfer-encoding.*content-length`), shape: refusedFor("both Content-Length and Transfer-Encoding"),
		},
		{
			name: "coding in HTTP/1.0", section: "RFC 9112, 6.1", why: "the framing is to be treated as faulty",
			seed: "POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next, in: regexp.MustCompile(`(?is)HTTP/1\.0.*transfer-encoding`),
			shape: refusedFor("Transfer-Encoding in a request older than HTTP/1.1"),
		},
		{
			name: "CONNECT without Host", section: "RFC 9112, 3.2", why: "every request must have one; net/http excepts CONNECT",
			seed: "CONNECT b:443 HTTP/1.1\r\n\r\n" + next, in: regexp.MustCompile(`CONNECT `), shape: refusedFor("missing Host header"),
		},
		{
			name: "Host", section: "RFC 9112, 3.2", why: "400 for a value that is no uri-host with a port; net/http looks at its bytes alone",
			seed: "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n" + next, in: regexp.MustCompile(`(?i)host[^\n]*[^a-z0-9.\-\r\n]`),
			shape: refusedFor("malformed Host header"),
		},
		{
			name: "authority in the target", section: "RFC 9110, 4.2.1, 4.2.4 and 9.3.6",
			why:  "no userinfo, no http URI without host, no tunnel without port; net/http takes what url.Parse takes",
			seed: "GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n" + next, in: regexp.MustCompile(`CONNECT|:`),
			shape: refusedFor("invalid authority in request target"),
		},
		{
			name: "CONNECT to nothing", section: "RFC 9112, 3.2.3", why: "the target is a host and a port",
			seed: "CONNECT  HTTP/1.1\r\nHost: a\r\n\r\n" + next, in: regexp.MustCompile(`CONNECT  `), shape: refusedFor("empty request target"),
		},
		{
			name: "bare CR before a request", section: "RFC 9112, 2.2", why: "it ends no line, and net/http skips it behind a POST",
			seed: posted("Content-Length: 1\r\n", "x\r"), in: regexp.MustCompile(`\r[^\n]`), shape: refusedFor("invalid method", "malformed request line"),
		},
		{
			name: "announced framing", section: "RFC 9110, 6.5.1",
			why:  "a trailer must not frame, route or speak of the connection; net/http knows three such fields",
			seed: posted("Transfer-Encoding: chunked\r\nTrailer: Host\r\n", "0\r\n\r\n"), in: regexp.MustCompile(`(?i)trailer:`),
			shape: refusedFor("field not allowed in trailer"),
		},
		{
			name: "HTTP/2 preface", section: "RFC 9113, 3.4", why: "a client that begins so must not be answered by a handler of HTTP/1.x",
			seed: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", in: regexp.MustCompile(`PRI \* HTTP/2\.0`), shape: refusedFor("unsupported protocol version"),
		},
		{
			name: "wrong line of an unfinished head", section: "RFC 9112, 3 and 5",
			why:  "refused as soon as it is there; net/http waits for the rest of the head",
			seed: "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n", shape: refusedSooner,
		},
		{
			name: "wrong target of an unfinished head", section: "RFC 9112, 3.2", why: "a target is parsed with the head, where it shares the one copy of it",
			seed: "GET x HTTP/1.1\r\nHost: a\r\n", shape: refusedLater,
		},
		{
			name: "several faults", section: "RFC 9110, 15.5",
			why:  "any of their statuses is right; the engine finds a bad line before it knows what the lines say",
			seed: posted("X Y: z\r\nTransfer-Encoding: gzip\r\n", ""), shape: otherStatus,
		},
		{
			name: "half a request", section: "RFC 9112, 8",
			why:  "what was cut off is answered, where net/http says nothing to less than four bytes or less than a line",
			seed: next + "GET", shape: answeredTheRest,
		},
		{
			name: "trailing framing", section: "RFC 9110, 6.5.1", why: "a recipient that merged it would see another message",
			seed:  chunkedPost("0\r\nContent-Length: 5\r\n\r\n"),
			in:    regexp.MustCompile(`(?is)\n0+(;[^\n]*)?\r\n(.*\n)?(Content-Length|Transfer-Encoding|Trailer|Host|Connection|Keep-Alive|Proxy-Connection|Te|Upgrade):`),
			shape: bodyRefused("read trailer: field not allowed in trailer"),
		},
		{
			name: "end of a trailer section", section: "RFC 9112, 7.1", why: "CRLF and nothing else, so that nobody sees another end",
			seed: chunkedPost("0\r\nX: y\n\r\n"), in: regexp.MustCompile(`\n0+[^\n]*\r\n(.*[^\r])?\n`),
			shape: bodyRefused("read trailer: line ends with a bare LF"),
		},
		{
			name: "syntax of a trailer", section: "RFC 9112, 5.1, 5.2 and 7.1.2", why: "trailers are held to the rules of a head; net/http has none for them",
			seed: chunkedPost("0\r\nX : y\r\n\r\n"), in: regexp.MustCompile(`\n0+[^\n]*\r\n[^\r]`), shape: bodyRefused("read trailer: "),
		},
		{
			name: "blank behind a chunk size", section: "RFC 9112, 7.1", why: "the grammar has none",
			seed: chunkedPost("5 \r\n12345\r\n0\r\n\r\n"), in: regexp.MustCompile(`(?i)\n[0-9a-f]+[ \t]`),
			shape: bodyRefused("read body: malformed chunk size"),
		},
		{
			name: "control byte in a chunk extension", section: "RFC 9112, 7.1.1", why: "the grammar has none",
			seed: chunkedPost("5;\x00\r\n12345\r\n0\r\n\r\n"), in: regexp.MustCompile(`(?i)\n[0-9a-f]+[^\n]*;[^\r\n]*[\x00-\x08\x0b-\x1f\x7f]`),
			shape: bodyRefused("read body: malformed chunk extension"),
		},
		{
			name: "close behind an unread body", section: "RFC 9112, 9.6",
			why:  "the connection ends behind the answer, in steps that let the client read it; net/http waits for a body that nobody wants, without bound",
			seed: host + "Content-Length: 5\r\n\r\n123", shape: closedUnread,
		},
		{
			name: "wrong byte of an unfinished line", section: "RFC 9112, 7.1",
			why:  "a body is refused as soon as the byte, or the line of a trailer, is there; net/http waits for the rest of the line or section",
			seed: host + "Transfer-Encoding: chunked\r\n\r\n5\rworld", shape: bodyRefusedSooner,
		},
		{
			name: "wrong and cut off", section: "RFC 9112, 7.1 and 8", why: "either is the case; the engine knows of the wrong byte first",
			seed: host + "Transfer-Encoding: chunked\r\n\r\n5\rworld", shape: otherFault,
		},
		{
			name: "size beyond any body", section: "RFC 9112, 7.1", why: "large numerals must not overflow; net/http waits for as much",
			seed: chunkedPost("8000000000000000\r\n12345\r\n0\r\n\r\n"), in: regexp.MustCompile(`(?i)\n0*[2-9a-f][0-9a-f]{15}`),
			shape: bodyRefused("read body: chunk size too large"),
		},
		{
			name: "long trailer section", section: "RFC 9112, 7.1.2", why: "it is bounded like a head, where net/http is bounded by the size of its buffer",
			seed: posted("Transfer-Encoding: chunked\r\n", "0\r\nX: "+strings.Repeat("y", 5000)+"\r\n\r\n"),
			in:   regexp.MustCompile(`(?s)\n0+[^\n]*\r\n.{1000}`), shape: bodyTaken,
		},
		{
			name: "empty lines before a request", section: "RFC 9112, 2.2", why: "at least one is to be ignored; net/http does so only behind a POST",
			seed: "\r\n" + next, in: regexp.MustCompile(`^\r?\n|\n\r?\n\r?\n|[^\n]\r?\n[A-Z]`), shape: taken,
		},
		{
			name: "half an empty line", section: "RFC 9112, 2.2", why: "it is none of a request, so whoever leaves behind it has asked nothing; net/http answers 400",
			seed: "\r", in: regexp.MustCompile(`^[\r\n]+$`), shape: unasked,
		},
		{
			name: "CONNECT ends HTTP", section: "RFC 9110, 9.3.6", why: "what follows may be meant for the tunnel, and is never taken for a request",
			seed: "CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n" + next, in: regexp.MustCompile(`CONNECT `), shape: closedAfterConnect,
		},
		{
			name: "close beside keep-alive", section: "RFC 9112, 9.3", why: "close goes before keep-alive; net/http's answer to HTTP/1.0 looks for keep-alive alone",
			seed:  "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n" + next,
			in:    regexp.MustCompile(`(?is)HTTP/1\.0.*connection:[^\n]*keep-alive`),
			shape: notKept,
		},
		{
			name: "announced close", section: "RFC 9112, 9.6",
			why:  "whoever closes behind an answer should say so; net/http finds out too late when the body breaks off",
			seed: host + "Content-Length: 5\r\n\r\n1234", shape: announcedClose,
		},
		{
			name: "http.MaxBytesReader", section: "RFC 9112, 9.6",
			why:  "it reports to writers by a method that is not exported: the rest is drained, within the same bound as any other body",
			seed: host + "Content-Length: 5\r\n\r\n12345" + next, shape: bounded,
		},
		{
			name: "malformed body behind an answer", section: "RFC 9112, 7.1",
			why:  "what cannot be framed cannot be skipped either: every read fails, where net/http fails in another way, or hands out what is left of a body it has thrown away",
			seed: chunkedPost("1\r\nZ0\r\n\r\n"), shape: unreadable,
		},
		{
			name: "going on behind a malformed body", section: "RFC 9112, 7.1",
			why:  "nobody knows where the request ends, and yet net/http takes what follows for the next one",
			seed: chunkedPost("1\r\nZ\n0\r\n\r\n"), shape: wentOn,
		},
		{
			name: "reading no further than asked", section: "RFC 9112, 7.1",
			why:  "net/http's read of what is there waits for the end of the body when its last chunk is",
			seed: host + "Transfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n", in: regexp.MustCompile(`\n0+[^\n]*\r\n`), shape: sooner,
		},
		{
			name: "body that breaks off", section: "RFC 9112, 8",
			why:  "an incomplete message stays incomplete; net/http reports it once, and a regular end from then on",
			seed: host + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", shape: brokenOff,
		},
		{
			name: "fault behind what was read", section: "RFC 9112, 7.1", why: "a read that got what it asked for need not know what follows; the connection ends either way",
			seed: chunkedPost("1\r\nZ\r\n1\r\nX: y\r\n\r\n"), shape: faultUnseen,
		},
		{
			name: "hijack between chunks", section: "RFC 9112, 7.1", why: "the CRLF behind a chunk may be read along with it or left; net/http itself does both, as the bytes arrive",
			seed: host + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 25) + "1\r\nx", cuts: 5842069, shape: leftCRLF,
		},
		{
			name: "hijack behind a malformed body", section: "RFC 9112, 7.1", why: "where reading has stopped means nothing",
			seed: chunkedPost("1\r\nZZ\r\n0\r\n\r\n"), shape: stoppedElsewhere,
		},
		{
			name: "closing a body", section: "RFC 9112, 9.3",
			why:  "Close reads nothing; what is left is read behind the answer, so that a handler does not wait for a client that waits for it",
			seed: host + "Content-Length: 5\r\n\r\n123", even: closing,
		},
		{
			name: "trailer section that breaks off", section: "RFC 9112, 8",
			why:  "an incomplete message is what it is; net/http calls each section too long that it sees no end of",
			seed: host + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", even: unended,
		},
		{
			name: "client leaves behind pipelined bytes", section: "RFC 9112, 9.3.2",
			why:  "the engine looks for the end behind a request that waits, net/http at its first byte alone",
			seed: next + next, even: leaving,
		},
	}
})

// explain returns the differences that cover what was seen together, nil: none do.
func explain(in input, stock, engine result) []*difference {
	var found []*difference
	all := differences()
	for i := range all {
		d := &all[i]
		if d.even == nil {
			continue
		}
		s, e := d.even(in, stock, engine)
		if s.String() != stock.String() || e.String() != engine.String() {
			found = append(found, d)
		}
		stock, engine = s, e
	}
	if stock.String() == engine.String() {
		return found
	}
	for i := range all {
		if d := &all[i]; d.shape != nil && d.covers(in, stock, engine) {
			return append(found, d)
		}
	}
	return nil
}
