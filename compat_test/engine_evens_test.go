package compat_test

import (
	"slices"
	"strings"
)

// closing evens out what Body.Close returns, and that net/http's may wait.
func closing(in input, stock, engine result) (result, result) {
	stock.requests, engine.requests = withoutLinesOf(stock.requests, "\n    close: "), withoutLinesOf(engine.requests, "\n    close: ")
	n := len(stock.requests) - 1
	if n >= 0 && n < len(engine.requests) && strings.Contains(in.manner.name, "closes the body") &&
		waits(stock.requests[n]) && head(stock.requests[n]) == head(engine.requests[n]) {
		return stock, stock
	}
	return stock, engine
}

// leaving evens out that handlers hear of the client's leaving which would not from
// net/http.
func leaving(in input, stock, engine result) (result, result) {
	const left = "\n    left"
	engine.requests = slices.Clone(engine.requests)
	for i := range min(len(stock.requests), len(engine.requests)) {
		if in.fin && !strings.Contains(stock.requests[i], left) {
			engine.requests[i] = strings.ReplaceAll(engine.requests[i], left, "")
		}
	}
	return stock, engine
}

// unended evens out that net/http calls a trailer section too long which breaks off.
func unended(in input, stock, engine result) (result, result) {
	n := len(engine.requests) - 1
	if !in.fin || n < 0 || n >= len(stock.requests) || !strings.Contains(engine.requests[n], brokenOffText) {
		return stock, engine
	}
	stock.requests = slices.Clone(stock.requests)
	stock.requests[n] = strings.ReplaceAll(stock.requests[n], malformedText, brokenOffText)
	return stock, engine
}
