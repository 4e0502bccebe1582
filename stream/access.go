package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Param returns a parameter of the route's pattern, "" if there is none: a
// {name} of chi and of http.ServeMux alike (http.Request.PathValue).
func (c *Context) Param(name string) string { return c.x.req().PathValue(name) }

// Query returns the first value of a query parameter, "" if there is none.
func (c *Context) Query(name string) string { return c.x.req().URL.Query().Get(name) }

// Header returns the first value of a request field, "" if there is none. Use
// "Host" for the host.
func (c *Context) Header(name string) string {
	if http.CanonicalHeaderKey(name) == "Host" {
		return c.x.req().Host
	}
	return c.x.req().Header.Get(name)
}

// Cookie returns the value of a cookie, and whether the request has it.
func (c *Context) Cookie(name string) (string, bool) {
	cookie, err := c.x.req().Cookie(name)
	if err != nil {
		return "", false
	}
	return cookie.Value, true
}

// Body reads the rest of the request body, once: later calls return the same bytes,
// and a handler that comes after finds them in Request().Body again.
// Without a MaxBodySize it takes as much as the client sends. The error is a
// *http.MaxBytesError beyond that limit, or what reading failed with. Whoever wants
// to read piece by piece reads Request().Body instead.
func (c *Context) Body() ([]byte, error) {
	if !c.bodyRead {
		c.bodyRead = true
		if r := c.x.req(); r.Body != nil {
			if c.body, c.bodyErr = io.ReadAll(r.Body); c.bodyErr == nil && r.Body != http.NoBody {
				r.Body = io.NopCloser(bytes.NewReader(c.body))
			}
		}
	}
	return c.body, c.bodyErr
}

// JSON decodes the request body, one JSON value and nothing behind it, into v, as
// encoding/json does. The error is Body's or names what was wrong with the JSON.
func (c *Context) JSON(v any) error {
	body, err := c.Body()
	if err != nil {
		return fmt.Errorf("stream: read body: %w", err)
	}
	if len(body) == 0 {
		return errors.New("stream: decode body: empty")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("stream: decode body: %w", err)
	}
	return nil
}
