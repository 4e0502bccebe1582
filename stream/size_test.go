package stream

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A request of the keep-alive loop is one object. The runtime has memory for objects of
// 1024 bytes, with eight of its own in it, and the next larger is for 1152.
func TestSizeOfRequest(t *testing.T) {
	assert.LessOrEqual(t, reflect.TypeFor[looped]().Size(), uintptr(1024-8))
}
