//go:build linux

package process

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
)

// ServeCommand is the argument that makes the program a server; its Config as JSON follows.
const ServeCommand = "serve"

// Serve is what the program does with these arguments, if they are those of a server.
func Serve(args []string) (served bool, err error) {
	if len(args) != 2 || args[0] != ServeCommand {
		return false, nil
	}
	var cfg serve.Config
	if err := json.Unmarshal([]byte(args[1]), &cfg); err != nil {
		return true, err
	}
	return true, serve.Serve(cfg, os.Stdin, os.Stdout)
}

// A Server is a child process.
type Server struct {
	Addr string

	cmd   *exec.Cmd
	err   output
	mu    sync.Mutex // guards in and lines: one question at a time
	in    io.WriteCloser
	lines *bufio.Reader
}

// Start starts a server and waits until it listens. Its garbage collector works towards
// memory bytes. The caller stops it.
func Start(cfg serve.Config, memory int64) (*Server, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: exec.Command(exe, ServeCommand, string(text))}
	s.cmd.Stderr = &s.err
	s.cmd.Env = append(slices.DeleteFunc(os.Environ(), isRuntimeSetting), fmt.Sprintf("GOMEMLIMIT=%d", memory), "GORACE=atexit_sleep_ms=0")
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.lines = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("process: start %s: %w", cfg.Kind, err)
	}
	a, err := s.hear()
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.Addr = a.Addr
	return s, nil
}

func isRuntimeSetting(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return slices.Contains([]string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOTRACEBACK", "GORACE"}, name)
}

// PID returns the process's number.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stop ends the process and waits for it. The error holds what it has said about its end,
// such as a data race.
func (s *Server) Stop() error {
	s.in.Close()
	err := s.cmd.Wait()
	if text := s.err.String(); text != "" {
		err = errors.Join(err, errors.New(text))
	}
	if err != nil {
		return fmt.Errorf("process: the server: %w", err)
	}
	return nil
}

// Kill ends the process at once. Stop is to be called all the same.
func (s *Server) Kill() { _ = s.cmd.Process.Kill() }

// State asks the server for its state.
func (s *Server) State() (serve.State, error) {
	a, err := s.ask(serve.CmdState)
	if err != nil {
		return serve.State{}, err
	}
	return *a.State, nil
}

// Stacks asks the server for the stacks of its goroutines.
func (s *Server) Stacks() (string, error) {
	a, err := s.ask(serve.CmdStacks)
	return a.Stacks, err
}

// Shutdown has the server shut down within a time, and returns how long it took.
func (s *Server) Shutdown(within time.Duration) (time.Duration, error) {
	a, err := s.ask(serve.CmdShutdown + " " + within.String())
	return a.Took, err
}

func (s *Server) ask(command string) (serve.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.in, command+"\n"); err != nil {
		return serve.Answer{}, fmt.Errorf("process: %w", err)
	}
	return s.hear()
}

func (s *Server) hear() (serve.Answer, error) {
	var a serve.Answer
	line, err := s.lines.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &a)
	}
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	if err != nil {
		return a, fmt.Errorf("process: %w", err)
	}
	return a, nil
}

// output keeps the first of what a process says.
type output struct {
	mu sync.Mutex // guards b
	b  strings.Builder
}

const mostOutput = 64 << 10

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b.Write(p[:min(len(p), mostOutput-o.b.Len())])
	return len(p), nil
}

// String returns it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
