package http1

// WriteBeforeEnd is what FlushLast writes with.
var WriteBeforeEnd = writeBeforeEnd
