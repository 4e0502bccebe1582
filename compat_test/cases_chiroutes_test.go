package compat_test

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
)

// chiRouteCases put chi's router below the server, with what it leaves in the
// request.
func chiRouteCases() []handlerCase {
	routes := func(_ testing.TB, n *notes) http.Handler {
		show := func(w http.ResponseWriter, r *http.Request) {
			n.add("route %q id %q value %q star %q", chi.RouteContext(r.Context()).RoutePattern(),
				chi.URLParam(r, "id"), r.PathValue("id"), chi.URLParam(r, "*"))
			n.write(w, r.URL.Path)
		}
		r := chi.NewRouter()
		r.Get("/items/{id}", show)
		r.Get("/files/*", show)
		r.Get("/numbers/{id:[0-9]+}", show)
		r.Route("/sub/{id}", func(r chi.Router) {
			r.Use(chimw.GetHead)
			r.Get("/leaf", show)
		})
		mounted := chi.NewRouter()
		mounted.Get("/{id}/x", show)
		r.Mount("/mounted", mounted)
		r.With(chimw.NoCache).Post("/with", show)
		return r
	}
	visit := func(name string, m message, shows ...string) handlerCase {
		return handlerCase{name: "chi routes/" + name, request: m, build: routes, shows: shows}
	}
	return []handlerCase{
		visit("parameter", message{target: "/items/7"}, `route "/items/{id}" id "7" value "7"`),
		visit("encoded parameter", message{target: "/items/a%2Fb"}, "HTTP/1.1 "),
		visit("wildcard", message{target: "/files/a/b.txt"}, `star "a/b.txt"`),
		visit("expression", message{target: "/numbers/12"}, `id "12"`),
		visit("expression that does not match", message{target: "/numbers/x"}, "HTTP/1.1 404 Not Found"),
		visit("group", message{target: "/sub/3/leaf"}, `route "/sub/{id}/leaf"`),
		visit("HEAD of a GET", message{method: "HEAD", target: "/sub/3/leaf"}, `id "3"`),
		visit("mounted", message{target: "/mounted/4/x"}, `route "/mounted/{id}/x"`),
		visit("with", message{method: "POST", target: "/with"}, "Cache-Control: "),
		visit("method not allowed", message{method: "PUT", target: "/with"}, "HTTP/1.1 405", "    Allow: POST"),
		visit("not found", message{target: "/nowhere"}, "HTTP/1.1 404 Not Found"),
		{
			name: "chi routes/one after another",
			talk: func(c *conversation) {
				for _, target := range []string{"/items/1", "/files/a", "/nowhere", "/mounted/5/x", "/items/2"} {
					c.request(message{target: target})
					c.answer("GET")
				}
				c.probe(nil)
			},
			build: routes,
			shows: []string{`id "1" value "1" star ""`, `id "" value "" star "a"`, `id "2" value "2" star ""`, "-- probe"},
		},
		{
			name: "chi routes/pipelined",
			talk: func(c *conversation) {
				c.send(plain("/items/1") + plain("/files/a") + plain("/items/2"))
				c.answer("GET")
				c.answer("GET")
				c.probe(c.answer("GET"))
			},
			build: routes,
			shows: []string{`id "1" value "1" star ""`, `id "" value "" star "a"`, `id "2" value "2" star ""`, "-- probe"},
		},
		{
			name:    "chi routes/below http.ServeMux",
			request: message{target: "/api/items/9"},
			build: func(t testing.TB, n *notes) http.Handler {
				mux := http.NewServeMux()
				mux.Handle("/api/", http.StripPrefix("/api", routes(t, n)))
				return mux
			},
			shows: []string{`id "9"`},
		},
	}
}
