package load

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// An Ending says what becomes of a connection after a reply.
type Ending uint8

const (
	Kept         Ending = iota // it serves the next request
	ClosedByPeer               // the request asked for it
	ClosedByUs                 // after its only request, which did not ask for it
)

// A Workload is one kind of request and what is to come back.
type Workload struct {
	Name   string // for flags
	Title  string // for the report
	Depth  int    // requests that are sent at once
	Ending Ending
	Turn   int // requests that take a server some ten milliseconds
	Conns  int // connections that are open, if more than work at the same time

	body    []byte // what the reply is to hold; nil: target.Hello
	request []byte
}

// The workloads.
var (
	KeepAlive = Workload{
		Name: "keepalive", Title: "keep-alive", Turn: 2048,
		request: get(target.HelloPath, few),
	}
	// Many has each request come on another connection than those before it.
	Many = Workload{
		Name: "many", Title: "keep-alive, 1,000 connections", Turn: 2048, Conns: 1000,
		request: get(target.HelloPath, few),
	}
	Browser = Workload{
		Name: "browser", Title: "browser's headers", Turn: 1536,
		request: get(target.HelloPath, many),
	}
	Pipelined = Workload{
		Name: "pipelined", Title: "16-deep pipelined", Turn: 8192, Depth: 16,
		request: get(target.HelloPath, few),
	}
	Close = Workload{
		Name: "close", Title: "Connection: close", Turn: 768, Ending: ClosedByPeer,
		request: get(target.HelloPath, few+"Connection: close\r\n"),
	}
	Large = Workload{
		Name: "large", Title: "64 KiB response", Turn: 768,
		request: get(target.LargePath, few), body: target.Large,
	}
	Upload = Workload{
		Name: "upload", Title: "64 KiB POST", Turn: 768,
		request: post(), body: []byte(strconv.Itoa(target.LargeSize)),
	}

	// First is the whole life of a connection on which one request is sent.
	First = Workload{
		Name: "first", Title: "first request of a connection", Turn: 768, Ending: ClosedByUs,
		request: get(target.HelloPath, few),
	}
	// Bare has no header field that could be left out.
	Bare = Workload{
		Name: "bare", Title: "Host alone", Turn: 2048,
		request: get(target.HelloPath, ""),
	}
	// Frames is for target.OnrampHook alone.
	Frames = Workload{
		Name: "frames", Title: "100 frames", Turn: 512,
		request: get(target.FramesPath, few), body: bytes.Repeat([]byte("8 bytes\n"), target.FrameCount-1),
	}
)

// few are the fields that a program sends, many those of a browser.
const (
	few  = "User-Agent: bench/1.0\r\n" + "Accept: */*\r\n"
	many = "Connection: keep-alive\r\n" +
		"sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n" +
		"sec-ch-ua-mobile: ?0\r\n" +
		"sec-ch-ua-platform: \"Linux\"\r\n" +
		"Upgrade-Insecure-Requests: 1\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
		"Sec-Fetch-Site: same-origin\r\n" +
		"Sec-Fetch-Mode: navigate\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
		"Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
)

func get(path, fields string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: bench.example\r\n" + fields + "\r\n")
}

func post() []byte {
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: bench.example\r\n%sContent-Length: %d\r\n\r\n",
		target.UploadPath, few, target.LargeSize)
	return append([]byte(head), target.Large...)
}

// Request returns the bytes of one request.
func (w Workload) Request() []byte { return w.request }

// Want returns what the body of a reply is to be.
func (w Workload) Want() []byte {
	if w.body == nil {
		return []byte(target.Hello)
	}
	return w.body
}

// depth is the number of requests in a batch.
func (w Workload) depth() int { return max(w.Depth, 1) }

// batch returns the bytes that are sent at once.
func (w Workload) batch() []byte { return bytes.Repeat(w.request, w.depth()) }

// check reports what is wrong with a reply.
func (w Workload) check(resp *http.Response, body []byte) error {
	switch {
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("load: %s: status %d", w.Name, resp.StatusCode)
	case !bytes.Equal(body, w.Want()):
		return fmt.Errorf("load: %s: the body of %d bytes is not the expected one", w.Name, len(body))
	case resp.Close != (w.Ending == ClosedByPeer):
		return fmt.Errorf("load: %s: the reply says close: %t", w.Name, resp.Close)
	}
	return nil
}

// All returns the workloads that every target is measured with.
func All() []Workload {
	return []Workload{KeepAlive, Many, Browser, Pipelined, Close, Large, Upload}
}

// Find returns the workload of that name.
func Find(name string) (Workload, error) {
	for _, w := range append(All(), First, Bare, Frames) {
		if w.Name == name {
			return w, nil
		}
	}
	return Workload{}, fmt.Errorf("load: there is no workload called %q", name)
}
