package adapter

// Tags returns how many tags a knows.
func (a *Adapter) Tags() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.tagged)
}
