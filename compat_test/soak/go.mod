module github.com/onramp-go/onramp/compat_test/soak

go 1.25.0

replace github.com/onramp-go/onramp => ../..

require (
	github.com/onramp-go/onramp v0.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/gorilla/websocket v1.5.3 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)
