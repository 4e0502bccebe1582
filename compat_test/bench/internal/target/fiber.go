package target

import (
	"net"
	"strconv"

	"github.com/gofiber/fiber/v3"
)

// serveFiber is served by fasthttp, so the whole body is in memory before the
// handler runs.
func serveFiber(ln net.Listener) error {
	app := fiber.New()
	app.Get(HelloPath, func(c fiber.Ctx) error { return c.SendString(Hello) })
	app.Get(LargePath, func(c fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, LargeType)
		return c.Send(Large)
	})
	app.Post(UploadPath, func(c fiber.Ctx) error {
		return c.SendString(strconv.Itoa(len(c.Body())))
	})
	return app.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true})
}
