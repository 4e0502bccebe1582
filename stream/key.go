package stream

import (
	"slices"
	"sync"
)

// A Key names a typed attribute of a [Context]. Keys are compared by identity: two
// calls of [NewKey] with the same name make two keys. The zero Key holds nothing and
// must not be set.
type Key[T any] struct{ id *keyID }

type keyID struct{ name string }

// NewKey returns a new key; name is for debugging. Make it once, in a package
// variable, and share it between the hook that sets and the hooks that get.
func NewKey[T any](name string) Key[T] { return Key[T]{&keyID{name}} }

// Set gives c the attribute, in the place of an earlier one.
func (k Key[T]) Set(c *Context, v T) {
	if k.id == nil {
		panic("stream: Set with the zero Key")
	}
	c.attributes.set(k.id, v)
}

// Get returns the attribute, and whether c has it.
func (k Key[T]) Get(c *Context) (T, bool) {
	v, ok := c.attributes.get(k.id)
	t, _ := v.(T) // a nil interface is a value, too
	return t, ok
}

// Delete takes the attribute away from c.
func (k Key[T]) Delete(c *Context) {
	c.attributes.delete(k.id)
}

// String returns the name.
func (k Key[T]) String() string {
	if k.id == nil {
		return "zero key"
	}
	return k.id.name
}

// attributes are the attributes of a request. A middleware that runs the inner part
// of a tree on a goroutine of its own, as http.TimeoutHandler does, shares them with
// the outer part.
type attributes struct {
	mu   sync.Mutex // guards list
	list []attribute
}

type attribute struct {
	key   *keyID
	value any
}

func (a *attributes) find(key *keyID) int {
	return slices.IndexFunc(a.list, func(x attribute) bool { return x.key == key })
}

// appendTo appends a copy of all to list.
func (a *attributes) appendTo(list []attribute) []attribute {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append(list, a.list...)
}

func (a *attributes) set(key *keyID, value any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.find(key); i >= 0 {
		a.list[i].value = value
		return
	}
	a.list = append(a.list, attribute{key, value})
}

func (a *attributes) get(key *keyID) (any, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.find(key); i >= 0 {
		return a.list[i].value, true
	}
	return nil, false
}

func (a *attributes) delete(key *keyID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.find(key); i >= 0 {
		a.list = slices.Delete(a.list, i, i+1)
	}
}
