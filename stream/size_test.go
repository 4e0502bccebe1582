package stream

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a handler can keep of a request of the keep-alive loop is one object. The runtime has
// memory for objects of 640 bytes, with eight of its own in it, and the next larger is for
// 704.
func TestSizeOfRequest(t *testing.T) {
	assert.LessOrEqual(t, reflect.TypeFor[looped]().Size(), uintptr(640-8))
}

// An upgraded connection that goes on by itself has one of them, for as long as it lasts.
func TestSizeOfSuccession(t *testing.T) {
	assert.LessOrEqual(t, reflect.TypeFor[succession]().Size(), uintptr(1024-8))
}

// A connection has one of them, and nothing else while it is idle.
func TestSizeOfConnection(t *testing.T) {
	assert.LessOrEqual(t, reflect.TypeFor[connection]().Size(), uintptr(1024-8))
}
