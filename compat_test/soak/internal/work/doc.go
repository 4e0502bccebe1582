// Package work is what clients and servers agree on: where a request goes, whose it is,
// what its answer says, and what is published. Both sides can therefore tell a byte that
// is wrong from one that is right.
package work
