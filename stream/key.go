package stream

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
	for i := range c.attributes {
		if c.attributes[i].key == k.id {
			c.attributes[i].value = v
			return
		}
	}
	c.attributes = append(c.attributes, attribute{k.id, v})
}

// Get returns the attribute, and whether c has it.
func (k Key[T]) Get(c *Context) (T, bool) {
	for i := range c.attributes {
		if c.attributes[i].key == k.id && k.id != nil {
			return c.attributes[i].value.(T), true
		}
	}
	var zero T
	return zero, false
}

// Delete takes the attribute away from c.
func (k Key[T]) Delete(c *Context) {
	for i := range c.attributes {
		if c.attributes[i].key == k.id {
			c.attributes = append(c.attributes[:i], c.attributes[i+1:]...)
			return
		}
	}
}

// String returns the name.
func (k Key[T]) String() string {
	if k.id == nil {
		return "zero key"
	}
	return k.id.name
}

type attribute struct {
	key   *keyID
	value any
}
