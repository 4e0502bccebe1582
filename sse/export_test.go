package sse

// Encode returns ev as a client reads it.
func Encode(ev Event) ([]byte, error) {
	m := newMessage()
	defer m.free()
	err := m.add(ev)
	return append([]byte{}, m.text()...), err
}

// EncodeComment returns a comment as a client reads it.
func EncodeComment(text string) []byte {
	m := newMessage()
	defer m.free()
	m.comment(text)
	return append([]byte{}, m.text()...)
}

// Topics returns how many topics the Hub knows.
func (h *Hub) Topics() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.topics)
}
