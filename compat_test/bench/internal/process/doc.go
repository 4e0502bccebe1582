// Package process runs each server in a process of its own. The program executes
// itself: [Serve] is what the child does, a [Server] is how the parent sees it. They
// talk in lines over the child's standard input and output: a command one way, a line
// of JSON back. The child ends with its standard input.
package process
