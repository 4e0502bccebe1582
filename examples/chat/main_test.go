package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
)

// patience bounds each wait for what does not come.
const patience = time.Minute

// A site is a chat that serves until the test ends.
type site struct {
	*streamtest.Service
	t   *testing.T
	srv *adapter.Server
}

// inBubble runs a test on a chat of its own, where time costs nothing.
func inBubble(t *testing.T, test func(s *site)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := newServer("")
		srv.Options.QueueSize = 8 << 10 // as the network: what is slow shows sooner
		test(&site{streamtest.Serve(t, srv, &streamtest.Options{Window: 8 << 10}), t, srv})
	})
}

// A guest is in a room.
type guest struct {
	*websocket.Conn
	t *testing.T
}

// enter opens a WebSocket into a room, and returns when the room knows. It reads nothing
// yet.
func (s *site) enter(room, name string) *guest {
	s.t.Helper()
	dialer := websocket.Dialer{NetDialContext: s.DialContext}
	conn, _, err := dialer.Dial("ws://chat.example/rooms/"+room+"/socket?name="+url.QueryEscape(name), nil)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { conn.Close() })
	require.NoError(s.t, conn.SetReadDeadline(time.Now().Add(patience)))
	synctest.Wait()
	return &guest{conn, s.t}
}

// hears checks what the guest is told next.
func (g *guest) hears(want string) {
	g.t.Helper()
	_, p, err := g.ReadMessage()
	require.NoError(g.t, err)
	assert.JSONEq(g.t, want, string(p))
}

func (g *guest) says(text string) {
	g.t.Helper()
	require.NoError(g.t, g.WriteMessage(websocket.TextMessage, []byte(text)))
}

// closedWith checks that the guest was sent away.
func (g *guest) closedWith(code int) {
	g.t.Helper()
	for {
		if _, _, err := g.ReadMessage(); err != nil {
			assert.True(g.t, websocket.IsCloseError(err, code), "%v", err)
			return
		}
	}
}

// A reader follows what is said.
type reader struct {
	*bufio.Reader
	t *testing.T
}

// follow opens the events of a room, behind the one with the ID last.
func (s *site) follow(room, last string) reader {
	s.t.Helper()
	c := s.Dial()
	require.NoError(s.t, c.Conn().SetReadDeadline(time.Now().Add(patience)))
	c.Send("GET /rooms/" + room + "/events HTTP/1.0\r\nHost: chat.example\r\nLast-Event-ID: " + last + "\r\n\r\n")
	resp, err := http.ReadResponse(c.Reader(), nil)
	require.NoError(s.t, err)
	require.Equal(s.t, "text/event-stream", resp.Header.Get("Content-Type"))
	s.t.Cleanup(func() { resp.Body.Close() })
	return reader{bufio.NewReader(resp.Body), s.t}
}

// next returns the ID and the text of the next message.
func (r reader) next() (id, text string) {
	r.t.Helper()
	for {
		line, err := r.ReadString('\n')
		require.NoError(r.t, err)
		if rest, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(line, "data: "); ok {
			var said saying
			require.NoError(r.t, json.Unmarshal([]byte(rest), &said))
			return id, said.Name + ": " + said.Text
		}
	}
}

func (r reader) wants(texts ...string) {
	r.t.Helper()
	for _, want := range texts {
		_, text := r.next()
		assert.Equal(r.t, want, text)
	}
}

func TestTalk(t *testing.T) {
	inBubble(t, func(s *site) {
		lobby, garden := s.follow("lobby", ""), s.follow("garden", "")
		ann := s.enter("lobby", "Ann")
		ann.hears(`{"people":["Ann"]}`)
		bob := s.enter("lobby", " Bob ")
		bob.hears(`{"people":["Ann","Bob"]}`)
		ann.hears(`{"people":["Ann","Bob"]}`)
		s.enter("garden", "Cid").hears(`{"people":["Cid"]}`)
		ann.says("hello,\nBob")
		lobby.wants("Ann: hello,\nBob")
		bob.says(" hello \n")
		lobby.wants("Bob: hello")
		s.enter("garden", "Dee").says("nice here")
		garden.wants("Dee: nice here")
		require.NoError(t, bob.Close())
		ann.hears(`{"people":["Ann"]}`)
	})
}

func TestReload(t *testing.T) {
	inBubble(t, func(s *site) {
		ann := s.enter("lobby", "Ann")
		for _, text := range []string{"one", "two", "three"} {
			ann.says(text)
			synctest.Wait()
		}
		first := s.follow("lobby", "")
		id, text := first.next()
		assert.Equal(t, "Ann: one", text)
		first.wants("Ann: two", "Ann: three")
		again := s.follow("lobby", id)
		again.wants("Ann: two", "Ann: three")
		ann.says("four")
		first.wants("Ann: four")
		again.wants("Ann: four")
	})
}

func TestBounds(t *testing.T) {
	inBubble(t, func(s *site) {
		lobby := s.follow("lobby", "")
		ann := s.enter("lobby", "Ann")
		ann.hears(`{"people":["Ann"]}`)
		ann.says(" \n")
		ann.says(strings.Repeat("ü", maxText+1))
		ann.hears(`{"notice":"That was too long, and nobody has heard it."}`)
		time.Sleep(burst * interval)
		for i := range burst {
			ann.says(fmt.Sprint(i))
		}
		ann.says("too fast")
		ann.hears(`{"notice":"That was too fast, and nobody has heard it."}`)
		time.Sleep(interval)
		ann.says(strings.Repeat("ü", maxText))
		lobby.wants("Ann: 0", "Ann: 1", "Ann: 2", "Ann: 3", "Ann: 4", "Ann: "+strings.Repeat("ü", maxText))
		ann.says(strings.Repeat("a", maxMessage+1))
		ann.closedWith(websocket.CloseMessageTooBig)
	})
}

func TestRefused(t *testing.T) {
	inBubble(t, func(s *site) {
		for _, name := range []string{"", "  ", "\xff", strings.Repeat("ü", maxName+1)} {
			s.enter("lobby", name).closedWith(websocket.ClosePolicyViolation)
		}
		for range maxPeople {
			s.enter("lobby", strings.Repeat("ü", maxName))
		}
		s.enter("lobby", "late").closedWith(websocket.CloseTryAgainLater)
		s.enter("garden", "late").hears(`{"people":["late"]}`)
		c := s.Dial()
		assert.Equal(t, 404, c.Get("/rooms/attic/events").StatusCode)
		assert.Equal(t, 404, c.Get("/rooms/attic/socket").StatusCode)
		assert.Equal(t, 200, c.Get("/").StatusCode)
	})
}

// TestSlow has a guest who reads nothing of who comes and goes. The others do not notice,
// and it is gone when it had its time to answer the close frame.
func TestSlow(t *testing.T) {
	inBubble(t, func(s *site) {
		s.enter("lobby", "slow")
		ann := s.enter("lobby", "Ann")
		ann.hears(`{"people":["Ann","slow"]}`)
		for range 500 {
			bob := s.enter("lobby", "Bob")
			ann.hears(`{"people":["Ann","Bob","slow"]}`)
			require.NoError(t, bob.Close())
			ann.hears(`{"people":["Ann","slow"]}`)
		}
		require.NoError(t, ann.SetReadDeadline(time.Now().Add(ws.DefaultCloseTimeout+time.Second)))
		ann.hears(`{"people":["Ann"]}`)
	})
}

func TestShutdown(t *testing.T) {
	inBubble(t, func(s *site) {
		lobby := s.follow("lobby", "")
		ann := s.enter("lobby", "Ann")
		ann.hears(`{"people":["Ann"]}`)
		ann.says("bye")
		lobby.wants("Ann: bye")
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			ann.closedWith(websocket.CloseGoingAway)
		}()
		require.NoError(t, s.srv.Shutdown(context.Background()))
		<-closed
		rest, err := lobby.ReadString(0)
		assert.Equal(t, "EOF", err.Error())
		assert.Contains(t, rest, "retry: ", "clients are told when to come back")
	})
}

func TestPage(t *testing.T) {
	inBubble(t, func(s *site) {
		got := s.Dial().Get("/")
		assert.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
		for _, want := range []string{`name="viewport"`, `href="#library"`, "new WebSocket(", "new EventSource("} {
			assert.Contains(t, got.Text, want)
		}
		assert.NotContains(t, got.Text, "https://", "the page needs nothing from elsewhere")
	})
}

// TestRun starts the program as main does, and ends it as an interrupt would.
func TestRun(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	assert.NoError(t, run(ctx, "127.0.0.1:0"))

	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	assert.Error(t, run(context.Background(), ln.Addr().String()))
}
