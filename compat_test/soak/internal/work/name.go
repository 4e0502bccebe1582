package work

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The fields that name a request: whose it is, which of them, and the size of what its
// answer holds.
const (
	FieldClient = "X-Client"
	FieldSeq    = "X-Seq"
	FieldSize   = "X-Size"
)

// The paths. Those that end in a slash have more than one way to answer behind it.
const (
	AnswerPath   = "/answer/"  // and how: see Answers
	UploadPath   = "/upload/"  // and how: see Uploads
	PanicPath    = "/panic/"   // early or late
	EventsPath   = "/events/"  // and a topic
	EchoPath     = "/echo/"    // and how: see Sockets
	NoticesPath  = "/notices/" // and how: see Sockets
	SmuggledPath = "/smuggled" // nobody asks for it
)

// Answers are the ways to answer a request without a body.
var Answers = []string{"written", "pieces", "flushed", "staged", "sent", "tried", "list"}

// Uploads are the ways to treat a body; the last does not read it.
var Uploads = []string{"read", "hook", "unread"}

// Sockets are the ways to serve a WebSocket.
var Sockets = []string{"hook", "loop", "detached"}

// Topics are what events are published to.
var Topics = []string{"t0", "t1", "t2", "t3"}

// NoticesTopic is what all WebSockets that listen get.
const NoticesTopic = "notices"

// OnPurpose is what a handler panics with that was asked to.
const OnPurpose = "soak: on purpose"

// Healthy and Faulty name clients. The names are far apart: what a faulty client spoils on
// its way must not become the name of another.
func Healthy(id int) string { return "healthy-" + strconv.Itoa(id) }

// Faulty is the name of a client that does something wrong.
func Faulty(id int) string { return "faulty-" + strconv.Itoa(id) }

// HealthyID returns the number in the name of a healthy client.
func HealthyID(name string) (int, bool) {
	number, ok := strings.CutPrefix(name, "healthy-")
	id, err := strconv.Atoi(number)
	return id, ok && err == nil
}

// A Label is what the fields of a request say.
type Label struct {
	Client string
	Seq    int64
	Size   int
}

// Read returns the label of a request.
func Read(h http.Header) (Label, error) {
	seq, err := strconv.ParseInt(h.Get(FieldSeq), 10, 64)
	if err != nil {
		return Label{}, err
	}
	size, err := strconv.Atoi(h.Get(FieldSize))
	if err == nil && (size < 0 || size > MaxSize) {
		err = fmt.Errorf("size %d", size)
	}
	return Label{h.Get(FieldClient), seq, size}, err
}

// Append appends the fields of a label.
func (l Label) Append(p []byte) []byte {
	return fmt.Appendf(p, FieldClient+": %s\r\n"+FieldSeq+": %d\r\n"+FieldSize+": %d\r\n", l.Client, l.Seq, l.Size)
}
