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
)

// ServeCommand is the argument that makes the program a server; the name of the
// target follows.
const ServeCommand = "serve"

// A Server is a child process. It belongs to one goroutine.
type Server struct {
	Name string
	Addr string

	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Reader
}

// Start starts a server for the target, alone with others of its kind on the
// processor, and waits until it listens. The caller stops it.
func Start(name string, cpu int) (*Server, error) {
	cmd, err := Self(ServeCommand, name)
	if err != nil {
		return nil, err
	}
	s := &Server{Name: name, cmd: cmd}
	if s.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.lines = bufio.NewReader(out)
	if err := startPinned(cmd, cpu); err != nil {
		return nil, fmt.Errorf("process: start %s: %w", name, err)
	}
	a, err := s.hear()
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.Addr = a.Addr
	return s, nil
}

// Self returns a command that runs this program again with other arguments, one
// processor, and none of the runtime settings that the environment may hold.
func Self(args ...string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe, args...)
	cmd.Stderr = os.Stderr
	cmd.Env = append(slices.DeleteFunc(os.Environ(), isRuntimeSetting), "GOMAXPROCS=1")
	return cmd, nil
}

func isRuntimeSetting(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return slices.Contains([]string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS", "GOTRACEBACK"}, name)
}

// PID returns the process's number.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stop ends the process and waits for it.
func (s *Server) Stop() error {
	s.in.Close()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("process: %s: %w", s.Name, err)
	}
	return nil
}

// MemStats asks how much the server has allocated.
func (s *Server) MemStats() (MemStats, error) {
	a, err := s.ask(cmdMemStats)
	return a.MemStats, err
}

// Settle has the server collect its garbage and give free memory back, which the
// runtime would do by itself within some minutes of idling.
func (s *Server) Settle() error {
	_, err := s.ask(cmdSettle)
	return err
}

// Profile has the server write a CPU profile to the file, until StopProfile.
func (s *Server) Profile(file string) error {
	_, err := s.ask(cmdProfile + " " + file)
	return err
}

// StopProfile ends what Profile began.
func (s *Server) StopProfile() error {
	_, err := s.ask(cmdStop)
	return err
}

func (s *Server) ask(command string) (answer, error) {
	if _, err := io.WriteString(s.in, command+"\n"); err != nil {
		return answer{}, fmt.Errorf("process: %s: %w", s.Name, err)
	}
	return s.hear()
}

func (s *Server) hear() (answer, error) {
	var a answer
	line, err := s.lines.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &a)
	}
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	if err != nil {
		return a, fmt.Errorf("process: %s: %w", s.Name, err)
	}
	return a, nil
}
