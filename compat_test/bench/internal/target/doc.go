// Package target holds the servers that are compared: onramp on its rungs, and its
// peers, each in a file of its own.
//
// All of them answer the same three routes, with what their own documentation would
// have a newcomer write: GET /hello with 13 bytes of text, GET /large with 64 KiB,
// and POST /upload with the number of bytes that the body had. Options are left at
// their defaults. Where a target differs, its file says so.
//
// Those of [WebSockets] and [EventStreams] have connections that stay: they echo, and
// they publish to all who have subscribed.
package target
