module github.com/onramp-go/onramp/compat_test/soak

go 1.25.0

replace github.com/onramp-go/onramp => ../..

require (
	github.com/onramp-go/onramp v0.0.0
	github.com/stretchr/testify v1.12.1
)
