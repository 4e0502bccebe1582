package otelmetrics_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/adapter/otelmetrics"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// The provider comes from the application, with the exporter that it likes.
func ExampleNew() {
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	defer func() { _ = provider.Shutdown(context.Background()) }()
	o, err := otelmetrics.New(provider, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a := adapter.New(&adapter.Options{Observer: o})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Ada") })
	h := a.Wrap(mux)
	for range 3 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/7", nil))
	}

	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if h, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "http.server.request.duration" {
			for _, p := range h.DataPoints {
				route, _ := p.Attributes.Value("http.route")
				status, _ := p.Attributes.Value("http.response.status_code")
				fmt.Println(p.Count, "requests of", route.AsString(), "with", status.AsInt64())
			}
		}
	}
	// Output:
	// 3 requests of /users/{id} with 200
}
