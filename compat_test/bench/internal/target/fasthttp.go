package target

import (
	"net"
	"strconv"

	"github.com/valyala/fasthttp"
)

// serveFastHTTP has the whole body in memory before the handler runs, as fasthttp
// does unless told otherwise.
func serveFastHTTP(ln net.Listener) error {
	s := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		switch string(ctx.Path()) {
		case HelloPath:
			ctx.SetContentType(TextType)
			ctx.SetBodyString(Hello)
		case LargePath:
			ctx.SetContentType(LargeType)
			ctx.SetBody(Large)
		case UploadPath:
			ctx.SetContentType(TextType)
			ctx.SetBodyString(strconv.Itoa(len(ctx.PostBody())))
		default:
			ctx.NotFound()
		}
	}}
	return s.Serve(ln)
}
