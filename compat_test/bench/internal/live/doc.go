// Package live is the client of connections that stay: WebSockets that echo, and
// WebSockets and event streams that get what is published. As package load it is one
// thread with one epoll, and what it sends is laid out beforehand.
//
// Of an echo every byte is compared. What is published is counted, by target.Mark:
// servers differ in what they put around it.
package live
