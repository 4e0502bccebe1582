package report

import (
	"fmt"
	"slices"
	"strings"
)

// A sheet is the columns and rows of tables that are alike.
type sheet struct {
	columns []Title
	rows    []string
}

// requests is the sheet of the targets that answer requests.
func (r *Results) requests() sheet { return sheet{r.Workloads, r.Targets} }

// write writes a row for each target and a column for each workload that have a value
// at all, and nothing if there is none.
func (s sheet) write(b *strings.Builder, cell func(workload, name string) string) {
	columns := slices.DeleteFunc(slices.Clone(s.columns), func(w Title) bool {
		return !slices.ContainsFunc(s.rows, func(name string) bool { return cell(w.Name, name) != "" })
	})
	b.WriteString("\n| |")
	for _, w := range columns {
		fmt.Fprintf(b, " %s |", w.Text)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(columns)) + "\n")
	for _, name := range s.rows {
		row, known := "", false
		for _, w := range columns {
			v := cell(w.Name, name)
			if known = known || v != ""; v == "" {
				v = "n/a"
			}
			row += " " + v + " |"
		}
		if known {
			fmt.Fprintf(b, "| %s |%s\n", name, row)
		}
	}
}

// has reports whether there is a value for any cell of the sheet.
func (s sheet) has(cell func(workload, name string) string) bool {
	return slices.ContainsFunc(s.columns, func(w Title) bool {
		return slices.ContainsFunc(s.rows, func(name string) bool { return cell(w.Name, name) != "" })
	})
}
