package target

import (
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

func serveGin(ln net.Listener) error {
	return (&http.Server{Handler: ginEngine()}).Serve(ln)
}

// ginEngine is the engine that is served by net/http and by Eager alike.
func ginEngine() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.GET(HelloPath, func(c *gin.Context) { c.String(http.StatusOK, Hello) })
	e.GET(LargePath, func(c *gin.Context) {
		c.Header("Content-Length", strconv.Itoa(LargeSize))
		c.Data(http.StatusOK, LargeType, Large)
	})
	e.POST(UploadPath, func(c *gin.Context) {
		n, err := io.Copy(io.Discard, c.Request.Body)
		if err != nil {
			c.String(http.StatusBadRequest, err.Error())
			return
		}
		c.String(http.StatusOK, strconv.FormatInt(n, 10))
	})
	return e
}
