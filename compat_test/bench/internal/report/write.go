package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// The files that Write writes.
const (
	DocumentFile = "RESULTS.md"
	PlotFile     = "bench.svg"
)

// Write writes the document and the plot into the directory.
func (r *Results) Write(dir string) error {
	plot, err := r.Plot()
	if err != nil {
		return err
	}
	var doc bytes.Buffer
	if err := r.Markdown(&doc, PlotFile); err != nil {
		return err
	}
	for name, content := range map[string][]byte{DocumentFile: doc.Bytes(), PlotFile: plot} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("report: write: %w", err)
		}
	}
	return nil
}
