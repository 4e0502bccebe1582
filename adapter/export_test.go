package adapter

// Tags returns how many tags a knows.
func (a *Adapter) Tags() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.tagged)
}

// Crowd returns how many addresses a counts something of, and how many requests that have
// come in part.
func (a *Adapter) Crowd() (addresses, unfinished int) {
	a.crowd.mu.Lock()
	defer a.crowd.mu.Unlock()
	return len(a.crowd.from), len(a.crowd.arriving)
}

// Adapter returns the Server's, which serves.
func (s *Server) Adapter() *Adapter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.adapter
}
