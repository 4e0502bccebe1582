package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// The commands.
const (
	CmdState    = "state"    // an Answer with a State
	CmdStacks   = "stacks"   // an Answer with Stacks
	CmdShutdown = "shutdown" // shut down; how long that may take follows
)

// An Answer is a line from the server process: its address first, then one for each command.
type Answer struct {
	Addr   string        `json:",omitempty"`
	Error  string        `json:",omitempty"`
	Took   time.Duration `json:",omitempty"`
	Stacks string        `json:",omitempty"`
	State  *State        `json:",omitempty"`
}

// Serve serves on the loopback interface and obeys commands from in, one a line, answering
// each with a line of JSON on out. It returns when in ends or the server fails.
func Serve(cfg Config, in io.Reader, out io.Writer) error {
	if err := limitDescriptors(cfg.Descriptors); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := newService(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	failed := make(chan error, 2)
	go func() {
		if err := s.serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	go s.publish(ctx)
	enc := json.NewEncoder(out)
	if err := enc.Encode(Answer{Addr: l.Addr().String()}); err != nil {
		return err
	}
	go func() {
		lines := bufio.NewScanner(in)
		for lines.Scan() {
			if err := enc.Encode(s.obey(lines.Text())); err != nil {
				break
			}
		}
		failed <- lines.Err()
	}()
	return <-failed
}

func (s *service) obey(line string) Answer {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case CmdState:
		st := s.state()
		return Answer{State: &st}
	case CmdStacks:
		return Answer{Stacks: stacks()}
	case CmdShutdown:
		return s.end(rest)
	}
	return Answer{Error: fmt.Sprintf("no command %q", verb)}
}

// end shuts the server down.
func (s *service) end(within string) Answer {
	d, err := time.ParseDuration(within)
	if err != nil {
		return Answer{Error: err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	start := time.Now()
	err = s.shutdown(ctx)
	a := Answer{Took: time.Since(start)}
	if err != nil {
		a.Error = "shutdown: " + err.Error()
	}
	return a
}
