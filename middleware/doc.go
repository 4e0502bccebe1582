// Package middleware runs hook chains and connection policies as middleware of the
// form func(http.Handler) http.Handler, for chi's Use and With or any other router.
//
// Each form holds for the part of the tree it is put around, and runs inside the
// hooks of an adapter.Adapter further out. Attributes that one hook sets on the
// stream.Context are seen by all later hooks of the same request, in whatever layer.
package middleware
