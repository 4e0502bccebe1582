package http1

// Send is what a connection sends with.
var Send = send
