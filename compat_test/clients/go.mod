module github.com/onramp-go/onramp/compat_test/clients

go 1.25.0

replace github.com/onramp-go/onramp => ../..

require (
	github.com/chromedp/chromedp v0.23.0
	github.com/coder/websocket v1.8.15
	github.com/onramp-go/onramp v0.0.0
	github.com/stretchr/testify v1.12.1
	github.com/tmaxmax/go-sse v0.11.0 // v0.12 needs Go 1.26
)

require (
	github.com/chromedp/cdproto v0.159.2 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/gorilla/websocket v1.5.3 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)
