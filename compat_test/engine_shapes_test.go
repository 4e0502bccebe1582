package compat_test

import (
	"fmt"
	"slices"
	"strings"
)

// A shape reports whether the engine departs from net/http in one certain way and
// in no other.
type shape func(in input, stock, engine result) bool

// refusal is how the text of an answer begins that no handler gave.
const refusal = "refused with "

// refusedFor is the shape of a request that is refused for one of these causes and
// that net/http takes, or refuses with another status.
func refusedFor(causes ...string) shape {
	return func(_ input, stock, engine result) bool {
		n := len(engine.answers) - 1
		return n >= 0 && engine.state == "closed" && strings.HasPrefix(engine.answers[n], refusal) &&
			slices.ContainsFunc(causes, func(c string) bool { return slices.Contains(engine.causes, c) }) &&
			begins(stock.requests, engine.requests) && begins(stock.answers, engine.answers[:n])
	}
}

// refusedSooner is the shape of a refusal where net/http waits for more.
func refusedSooner(in input, stock, engine result) bool {
	n := len(engine.answers) - 1
	return !in.fin && n >= 0 && stock.state == "open" && engine.state == "closed" && len(engine.causes) > 0 &&
		strings.HasPrefix(engine.answers[n], refusal) &&
		slices.Equal(stock.requests, engine.requests) && slices.Equal(stock.answers, engine.answers[:n])
}

// refusedLater is the shape of a refusal by net/http where the engine waits for more.
func refusedLater(in input, stock, engine result) bool {
	n := len(stock.answers) - 1
	return !in.fin && n >= 0 && stock.state == "closed" && engine.state == "open" && strings.HasPrefix(stock.answers[n], refusal) &&
		slices.Equal(stock.requests, engine.requests) && slices.Equal(stock.answers[:n], engine.answers)
}

// otherStatus is the shape of a request that both refuse, with different statuses.
func otherStatus(_ input, stock, engine result) bool {
	n := len(engine.answers) - 1
	return n >= 0 && n == len(stock.answers)-1 && stock.state == "closed" && engine.state == "closed" &&
		strings.HasPrefix(stock.answers[n], refusal) && strings.HasPrefix(engine.answers[n], refusal) &&
		slices.Equal(stock.requests, engine.requests) && slices.Equal(stock.answers[:n], engine.answers[:n])
}

// answeredTheRest is the shape of a refusal where net/http closes without a word.
func answeredTheRest(in input, stock, engine result) bool {
	n := len(engine.answers) - 1
	return in.fin && n >= 0 && engine.state == "closed" && stock.state == "closed" && len(engine.causes) > 0 &&
		strings.HasPrefix(engine.answers[n], refusal+"400") &&
		slices.Equal(stock.requests, engine.requests) && slices.Equal(stock.answers, engine.answers[:n])
}

// bodyRefused is the shape of a body that is refused for cause, which is only known
// if the handler reads so far, and that net/http takes.
func bodyRefused(cause string) shape {
	return func(_ input, stock, engine result) bool {
		told := slices.ContainsFunc(engine.causes, func(c string) bool { return strings.Contains(c, cause) })
		other := slices.ContainsFunc(engine.causes, func(c string) bool { return strings.HasPrefix(c, "http1: read ") })
		return engine.state == "closed" && (told || !other) && endsEarlier(stock, engine)
	}
}

// bodyRefusedSooner is the shape of a body that is refused where net/http waits for
// more.
func bodyRefusedSooner(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	told := slices.ContainsFunc(engine.causes, func(c string) bool { return strings.HasPrefix(c, "http1: read ") })
	return !in.fin && n >= 0 && n == len(stock.requests)-1 && stock.state == "open" && engine.state == "closed" &&
		(told || len(engine.causes) == 0) && begins(stock.requests, engine.requests[:n]) && head(stock.requests[n]) == head(engine.requests[n])
}

// otherFault is the shape of a body that both refuse for different reasons.
func otherFault(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	return in.fin && n >= 0 && n == len(stock.requests)-1 && stock.state == "closed" && engine.state == "closed" &&
		strings.Contains(stock.requests[n], brokenOffText) && strings.Contains(engine.requests[n], malformedText) &&
		slices.Equal(without(stock.requests, brokenOffText), without(engine.requests, malformedText)) &&
		slices.Equal(without(stock.answers, closeLine), without(engine.answers, closeLine))
}

// bodyTaken is the shape of a body that is taken, or waited for, and that net/http
// refuses.
func bodyTaken(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	return (stock.state == "closed" || n >= 0 && waits(engine.requests[n])) && endsEarlier(engine, stock)
}

// taken is the shape of a request that is taken and that net/http refuses with 400.
func taken(_ input, stock, engine result) bool {
	n := len(stock.answers) - 1
	return n >= 0 && strings.HasPrefix(stock.answers[n], refusal+"400") && stock.state == "closed" &&
		begins(engine.requests, stock.requests) && begins(engine.answers, stock.answers[:n])
}

// closedAfterConnect is the shape of a connection that ends with a CONNECT.
func closedAfterConnect(_ input, stock, engine result) bool {
	n := len(engine.requests) - 1
	return n >= 0 && strings.HasPrefix(engine.requests[n], `request "CONNECT"`) && engine.state == "closed" && endsEarlier(stock, engine)
}

// notKept is the shape of an HTTP/1.0 connection that is closed where net/http
// keeps it.
func notKept(_ input, stock, engine result) bool {
	n := len(engine.answers) - 1
	return n >= 0 && n < len(stock.answers) && engine.state == "closed" && endsEarlier(stock, engine) &&
		strings.Contains(stock.answers[n], "\n    Connection: keep-alive") && !strings.Contains(engine.answers[n], "\n    Connection: keep-alive")
}

// announcedClose is the shape of answers that say Connection: close where net/http
// closes without a word.
func announcedClose(_ input, stock, engine result) bool {
	return stock.state == "closed" && engine.state == "closed" && slices.Equal(stock.requests, engine.requests) &&
		slices.Equal(stock.answers, without(engine.answers, closeLine))
}

// bounded is the shape of what a http.MaxBytesReader does to the connection.
func bounded(in input, stock, engine result) bool {
	n := len(stock.requests) - 1
	return in.manner.name == "bounds the body" && n >= 0 && strings.Contains(stock.requests[n], "*http.MaxBytesError") && endsEarlier(engine, stock)
}

// unreadable is the shape of a read behind an answer, of a body that is malformed,
// cut off or too long to be skipped.
func unreadable(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	reads := in.manner.name == "answers, then reads" || in.manner.name == "reads a part, answers, reads on"
	return reads && n >= 0 && n < len(stock.requests) && engine.state == "closed" &&
		strings.Contains(engine.requests[n], "\n    body failed: http.ErrBodyReadAfterClose") && head(engine.requests[n]) == head(stock.requests[n]) &&
		(strings.Contains(engine.requests[n], `"chunked"`) || in.fin) && begins(stock.requests, engine.requests[:n])
}

// unasked is the shape of a connection that ends without a request and without an answer.
func unasked(_ input, stock, engine result) bool {
	return len(stock.requests) == 0 && len(engine.requests) == 0 && len(engine.answers) == 0 && stock.state == "closed" && engine.state == "closed"
}

// wentOn is the shape of a connection that ends with a malformed body, or with one that
// breaks off.
func wentOn(in input, stock, engine result) bool {
	n, m := len(engine.requests)-1, len(engine.answers)
	bad := n >= 0 && (strings.Contains(engine.requests[n], malformedText) || in.fin && strings.Contains(engine.requests[n], brokenOffText))
	return bad && engine.state == "closed" &&
		begins(stock.requests, engine.requests) && m <= len(stock.answers) &&
		slices.Equal(without(stock.answers[:m], closeLine), without(engine.answers, closeLine))
}

// sooner is the shape of a handler that gets what there is while net/http's waits
// for more.
func sooner(_ input, stock, engine result) bool {
	n := len(engine.requests) - 1
	return n >= 0 && n == len(stock.requests)-1 && stock.state == engine.state && waits(stock.requests[n]) &&
		slices.Equal(stock.requests[:n], engine.requests[:n]) && head(stock.requests[n]) == head(engine.requests[n])
}

// waits reports whether a handler had not returned.
func waits(request string) bool { return strings.HasSuffix(request, "\n    waiting") }

// brokenOff is the shape of a body that ends before it should: all reads of it fail.
func brokenOff(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	return in.fin && n >= 0 && n == len(stock.requests)-1 && strings.Contains(engine.requests[n], brokenOffText) &&
		slices.Equal(stock.requests[:n], engine.requests[:n]) && head(stock.requests[n]) == head(engine.requests[n]) &&
		engine.state == "closed" && stock.state == "closed" && slices.Equal(without(stock.answers, closeLine), without(engine.answers, closeLine))
}

// closedUnread is the shape of a connection that is closed although more of a body
// could come.
func closedUnread(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	ended := n >= 0 && strings.Contains(engine.requests[n], "\n    body ended")
	return !in.fin && !ended && hasBody(in.bytes) &&
		stock.state == "open" && engine.state == "closed" && slices.Equal(stock.requests, engine.requests) && slices.Equal(stock.answers, engine.answers)
}

// faultUnseen is the shape of a fault right behind the part of a body that a handler
// reads.
func faultUnseen(in input, stock, engine result) bool {
	const fault = "\n    body failed: "
	read := func(r result) []string {
		return withoutLinesOf(withoutLinesOf(r.requests, fault), "\n    on the connection: ")
	}
	return strings.Contains(stock.String(), fault) != strings.Contains(engine.String(), fault) &&
		in.manner.stops() && stock.state == "closed" && engine.state == "closed" &&
		slices.Equal(read(stock), read(engine)) &&
		slices.Equal(without(stock.answers, closeLine), without(engine.answers, closeLine))
}

// stoppedElsewhere is the shape of what a handler finds on the connection behind a
// malformed body.
func stoppedElsewhere(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	cut := func(r result) string {
		text, _, _ := strings.Cut(r.requests[n], "\n    on the connection: ")
		return strings.Replace(text, " failed: unexpected EOF", " failed: "+malformed, 1)
	}
	return in.manner.name == "reads a part, then hijacks" && n >= 0 && n == len(stock.requests)-1 && slices.Equal(stock.requests[:n], engine.requests[:n]) &&
		strings.Contains(engine.requests[n], "\n    body failed: "+malformed) && cut(stock) == cut(engine) && slices.Equal(stock.answers, engine.answers)
}

// leftCRLF is the shape of what a handler finds on the connection when it has stopped
// reading behind a chunk: on one side the CRLF that ends it, too.
func leftCRLF(in input, stock, engine result) bool {
	n := len(engine.requests) - 1
	if in.manner.name != "reads a part, then hijacks" || n < 0 || n != len(stock.requests)-1 || !strings.Contains(engine.requests[n], `"chunked"`) {
		return false
	}
	left := func(r result) (before string, size int) {
		before, after, _ := strings.Cut(r.requests[n], "\n    on the connection: ")
		_, _ = fmt.Sscan(after, &size)
		return before, size
	}
	one, more := left(stock)
	other, less := left(engine)
	return one == other && (more-less == 2 || less-more == 2) && slices.Equal(stock.requests[:n], engine.requests[:n]) && slices.Equal(stock.answers, engine.answers)
}

// What a handler notes of a body that cannot be read to its end.
const (
	malformedText = " failed: " + malformed
	brokenOffText = " failed: unexpected EOF"
)

// closeLine is a line of an answer that announces the end of the connection.
const closeLine = "\n    Connection: close"

// endsEarlier reports whether short is long up to a request of which the handler,
// or the connection, made something else, and nothing after it.
func endsEarlier(long, short result) bool {
	n := len(short.requests) - 1
	if n < 0 || n >= len(long.requests) || !begins(long.requests, short.requests[:n]) || head(short.requests[n]) != head(long.requests[n]) {
		return false
	}
	if n == len(long.requests)-1 && waits(long.requests[n]) {
		return true // the answer is not whole yet
	}
	m := len(short.answers)
	for m > 0 && !begins(long.answers, short.answers[:m]) {
		m--
	}
	return len(short.answers)-m <= 2 // an interim answer, and its final one
}

// begins reports whether list begins with the strings of prefix.
func begins(list, prefix []string) bool {
	return len(prefix) <= len(list) && slices.Equal(list[:len(prefix)], prefix)
}

// head returns what a sight says of the request before its body.
func head(request string) string {
	text, _, _ := strings.Cut(request, "\n    peer: ")
	return text
}

// without returns list with every part removed from its strings.
func without(list []string, part string) []string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], part, "")
	}
	return list
}

// withoutLinesOf returns list without the line that begins with part in its strings.
func withoutLinesOf(list []string, part string) []string {
	list = slices.Clone(list)
	for i, text := range list {
		if before, after, ok := strings.Cut(text, part); ok {
			_, rest, more := strings.Cut(after, "\n")
			if list[i] = before; more {
				list[i] += "\n" + rest
			}
		}
	}
	return list
}
