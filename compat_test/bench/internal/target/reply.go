package target

import "bytes"

// The routes.
const (
	HelloPath  = "/hello"
	LargePath  = "/large"
	UploadPath = "/upload"
	FramesPath = "/frames" // OnrampHook alone
)

// What the routes answer with.
const (
	Hello     = "Hello, World!"
	LargeSize = 64 << 10
	TextType  = "text/plain; charset=utf-8"
	LargeType = "application/octet-stream"
)

// Large is the body of LargePath.
var Large = bytes.Repeat([]byte("0123456789abcdef"), LargeSize/16)

// FrameCount is the number of frames that FramesPath sends, head included.
const FrameCount = 100
