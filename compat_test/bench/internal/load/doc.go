// Package load is the client: one thread, one epoll, non-blocking sockets, and
// requests whose bytes are laid out beforehand.
//
// A [Lane] is the connections to one server. [Drive] drives several lanes in turns of
// some ten milliseconds, with the same number of requests each, so that what disturbs
// one server disturbs the others alike.
//
// The first replies of each server are read with net/http and compared to what the
// [Workload] wants. That gives their length, by which all later ones are told apart;
// the begin and the end of each are looked at, and some are parsed again.
package load
