package report

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/go-analyze/charts"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
)

// plotted are the workloads of the plot: those whose costs are of one magnitude.
var plotted = []load.Workload{load.KeepAlive, load.Browser, load.Pipelined}

// Plot draws the processor time per request of each target, as SVG.
func (r *Results) Plot() ([]byte, error) {
	var names, legend []string
	var values [][]float64
	// The lowest bar is the first category.
	for i := len(r.Targets) - 1; i >= 0; i-- {
		names = append(names, r.Targets[i])
	}
	for _, w := range plotted {
		row := make([]float64, len(names))
		for i, name := range names {
			if samples := r.CPU[w.Name][name]; len(samples) > 0 {
				row[i] = Median(samples)
			}
		}
		legend, values = append(legend, w.Title), append(values, row)
	}
	if len(names) == 0 {
		return nil, errors.New("report: plot: there is nothing to draw")
	}
	opt := charts.NewBarChartOptionWithData(values)
	opt.Horizontal = true
	opt.Title.Text = "Server CPU per request, microseconds (less is better)"
	opt.Legend.SeriesNames = legend
	opt.Legend.Offset.Top = "30"
	opt.CategoryAxis.Labels = names
	for i := range opt.SeriesList {
		opt.SeriesList[i].Label.Show = charts.Ptr(true)
		opt.SeriesList[i].Label.ValueFormatter = func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	}
	p := charts.NewPainter(charts.PainterOptions{
		OutputFormat: charts.ChartOutputSVG, Width: 900, Height: 140 + 56*len(names),
	})
	if err := p.BarChart(opt); err != nil {
		return nil, fmt.Errorf("report: plot: %w", err)
	}
	return p.Bytes()
}
