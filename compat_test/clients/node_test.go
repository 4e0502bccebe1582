package clients_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packages are what npm installs: the newest that Node 20 can run.
var packages = []string{"eventsource@4.1.1", "ws@8.23.0"}

// TestNode follows the event stream with npm's eventsource, and talks with its ws.
func TestNode(t *testing.T) {
	t.Parallel()
	dir := install(t)
	for _, c := range carriers() {
		if c.http2 {
			continue // eventsource goes by Node's fetch, which speaks HTTP/1.1 unless told
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.service(t)
			replay(t, c, s, followNode(t, dir, s))

			url := strings.Replace(s.url, "http", "ws", 1) + "/ws"
			messages, err := json.Marshal(append(numbers(total), farewell))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			out, err := script(ctx, dir, "talk.mjs", url, string(messages)).Output()
			require.NoError(t, err)
			var k talk
			require.NoError(t, json.Unmarshal(out, &k))
			k.check(t, s)
			assert.Contains(t, k.Extensions, "permessage-deflate")
		})
	}
}

// followNode follows the events of s until the test ends.
func followNode(t *testing.T, dir string, s *service) *tally {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	cmd := script(ctx, dir, "events.mjs", s.url+"/events")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	_, err = cmd.StdinPipe() // Wait closes it
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	y := &tally{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var data string
			if json.Unmarshal(lines.Bytes(), &data) != nil {
				data = lines.Text()
			}
			y.add(data)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = cmd.Wait() // it was killed
	})
	return y
}

// script returns the command that runs one of the scripts in dir until ctx ends.
func script(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "node", append([]string{name}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	return cmd
}

// install returns a folder with the scripts and the packages they need, and skips the test
// where there is no way to install those.
func install(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is not installed", program)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"events.mjs", "talk.mjs"} {
		text, err := fs.ReadFile(pages, "testdata/"+name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private": true}`), 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), patience/2)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", append([]string{
		"install", "--engine-strict", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier",
		"--fetch-retries=0", "--fetch-timeout=10000",
	}, packages...)...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: npm install: %v\n%s", err, out)
	}
	return dir
}
