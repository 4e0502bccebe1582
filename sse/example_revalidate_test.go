package sse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

// A token that is revoked ends the stream at the next heartbeat.
func ExampleOptions_revalidate() {
	errRevoked := errors.New("the token was revoked")
	ended := make(chan error, 1)
	revoked := map[string]bool{"Bearer old": true}
	srv := httptest.NewServer(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		if err := x.Start(); err != nil {
			return err
		}
		<-x.Context().Done()
		ended <- context.Cause(x.Context())
		return nil
	}, &sse.Options{
		Heartbeat:    20 * time.Millisecond,
		ReturnWithin: -1,
		Revalidate: func(x *sse.Session) error {
			if revoked[x.Request().Header.Get("Authorization")] {
				return errRevoked
			}
			return nil
		},
	})))
	defer srv.Close()
	req := httptest.NewRequest("GET", srv.URL, nil)
	req.RequestURI = ""
	req.Header.Set("Authorization", "Bearer old")
	resp, err := srv.Client().Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	fmt.Println(resp.StatusCode, err)
	fmt.Println(errors.Is(<-ended, errRevoked))
	// Output:
	// 200 <nil>
	// true
}
