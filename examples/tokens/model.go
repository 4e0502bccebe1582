package main

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// A model has an answer to everything, one token after the other.
type model struct {
	pace time.Duration // what it takes for a token; positive
}

const wisdom = `You ask: “%s”

I have no idea, for I am a short text in a Go program. But look at how these words reach you: each one is an event of its own, sent and flushed when it is there, through a compressing middleware that was never told about streams.

Press Stop, or close the page, and I fall silent in the middle of`

// tokens yields the answer to prompt, which ends early when ctx does.
func (m *model) tokens(ctx context.Context, prompt string) iter.Seq[string] {
	return func(yield func(string) bool) {
		tick := time.NewTicker(m.pace)
		defer tick.Stop()
		for token := range strings.SplitAfterSeq(reply(prompt), " ") {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if !yield(token) {
				return
			}
		}
	}
}

// reply returns what the tokens add up to.
func reply(prompt string) string {
	return fmt.Sprintf(wisdom, prompt) + " a sentence. Otherwise I shall have told you everything I know."
}
