package serve

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// A ledger has what handlers have seen of each healthy client: every request that they
// were given must be the one behind the last, which holds no request twice, none lost, and
// none made up.
type ledger struct {
	last   []atomic.Int64 // the latest request of each healthy client
	faulty atomic.Int64   // requests of faulty ones
	faults wrongs
}

// enter notes a request; the label is false where it has none to be trusted.
func (l *ledger) enter(r *http.Request) (work.Label, bool) {
	label, err := work.Read(r.Header)
	id, healthy := work.HealthyID(label.Client)
	if !healthy {
		l.faulty.Add(1)
		return label, err == nil
	}
	if err != nil || id >= len(l.last) {
		l.faults.add("request of %q without a label: %v", label.Client, err)
		return label, false
	}
	if before := l.last[id].Swap(label.Seq); label.Seq != before+1 {
		l.faults.add("request %d of %s came behind %d", label.Seq, label.Client, before)
	}
	return label, true
}

func (l *ledger) entries() []int64 {
	all := make([]int64, len(l.last))
	for i := range l.last {
		all[i] = l.last[i].Load()
	}
	return all
}

// wrongs counts what is wrong and keeps what the first of it was.
type wrongs struct {
	mu    sync.Mutex // guards what follows
	count int
	first []string
}

const keptWrongs = 20

func (w *wrongs) add(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	if len(w.first) < keptWrongs {
		w.first = append(w.first, fmt.Sprintf(format, args...))
	}
}

func (w *wrongs) list() (int, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count, append([]string(nil), w.first...)
}
