//go:build linux

package load_test

import "sync"

// A set holds the addresses that were seen.
type set struct {
	mu   sync.Mutex // guards seen
	seen map[string]bool
}

func newSet() *set { return &set{seen: map[string]bool{}} }

func (s *set) add(v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[v] = true
}

func (s *set) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.seen)
}

func (s *set) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}
