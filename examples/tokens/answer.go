package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"strings"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

const maxPrompt = 500 // bytes

var errPrompt = errors.New("bad prompt")

// answer streams m's answer to ?q= : an event for each token, then one named "done", or
// "late" where time was up. Without either the answer was broken off. How each answer has
// ended goes to logger.
func answer(m *model, logger *log.Logger) http.Handler {
	return adapter.Handler(sse.Hook(func(x *sse.Session) error {
		prompt := strings.TrimSpace(x.Request().URL.Query().Get("q"))
		if prompt == "" || len(prompt) > maxPrompt {
			x.Response().SetBody(http.StatusBadRequest, "text/plain; charset=utf-8",
				fmt.Sprintf("ask something in 1 to %d bytes: /answer?q=why\n", maxPrompt))
			return errPrompt
		}
		ctx := x.Context() // ends when the browser leaves, the service shuts down, or Timeout says so
		sent := 0
		for token := range m.tokens(ctx, prompt) {
			if x.Send(sse.Event{Data: token}) != nil {
				break // the session is over
			}
			sent++
		}
		err := context.Cause(ctx)
		if err == nil {
			err = x.Send(sse.Event{Name: "done", Data: strconv.Itoa(sent)})
		}
		logger.Printf("tokens: %q: %d tokens, %s", prompt, sent, verdict(err))
		if errors.Is(err, context.DeadlineExceeded) {
			return x.Send(sse.Event{Name: "late", Data: strconv.Itoa(sent)})
		}
		return err
	}, nil))
}

// verdict says for the log how an answer ended.
func verdict(err error) string {
	switch {
	case err == nil:
		return "whole"
	case errors.Is(err, context.DeadlineExceeded):
		return "cancelled: it took too long"
	case errors.Is(err, sse.ErrEnded):
		return "cancelled: the service shuts down"
	default:
		return "cancelled: the browser has left"
	}
}
