// Package client is the other side of a soak: a [Fleet] of clients, each with its own kind of
// work and its own randomness, who know what the answer to everything that they ask has to be.
// One in ten does something wrong all the time.
//
// A healthy client says when an answer is wrong, when a message is missing, and when a
// connection ends without a reason. Of a faulty one nothing is wanted but that the server
// gets rid of it.
package client
