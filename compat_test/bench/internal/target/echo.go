package target

import (
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v5"
)

func serveEcho(ln net.Listener) error {
	e := echo.New()
	e.GET(HelloPath, func(c *echo.Context) error { return c.String(http.StatusOK, Hello) })
	e.GET(LargePath, func(c *echo.Context) error {
		c.Response().Header().Set("Content-Length", strconv.Itoa(LargeSize))
		return c.Blob(http.StatusOK, LargeType, Large)
	})
	e.POST(UploadPath, func(c *echo.Context) error {
		n, err := io.Copy(io.Discard, c.Request().Body)
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, strconv.FormatInt(n, 10))
	})
	return (&http.Server{Handler: e}).Serve(ln)
}
