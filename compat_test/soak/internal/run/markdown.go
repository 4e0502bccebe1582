package run

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Markdown writes results as tables: what was done, and what has to hold.
func Markdown(w io.Writer, title string, results []Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", title)
	for _, r := range results {
		fmt.Fprintf(&b, "\n## %s\n\n| check | want | got | |\n|---|---|---|---|\n", r.Kind)
		for _, c := range r.Checks {
			verdict := "holds"
			if !c.Holds {
				verdict = "**FAILS**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Name, c.Want, cell(c.Got), verdict)
		}
		fmt.Fprint(&b, "\n| done | times |\n|---|---|\n")
		for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
			fmt.Fprintf(&b, "| %s | %d |\n", name, r.Counts[name])
		}
		fmt.Fprintf(&b, "| seconds of processor time of the server | %.0f |\n", r.CPU.Seconds())
		for _, text := range r.Wrong {
			fmt.Fprintf(&b, "\n    %s\n", strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell makes text fit into a table.
func cell(text string) string {
	text = strings.NewReplacer("\n", " ", "|", "/").Replace(text)
	if len(text) > 300 {
		text = text[:300] + " ..."
	}
	return text
}
