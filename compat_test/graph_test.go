package compat_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// edges are the only imports that a package's non-test files may have beside
// the standard library. A folder's packages below it, such as internal ones,
// come under its name and may import each other. Packages marked optional may
// be absent.
var edges = map[string]struct {
	may      []string
	optional bool
}{
	"stream":     {may: []string{"golang.org/x/net/http/httpguts", "golang.org/x/sys/unix"}},
	"hooks":      {may: []string{"stream"}},
	"adapter":    {may: []string{"stream", "hooks"}},
	"middleware": {may: []string{"adapter", "hooks", "stream"}},
	"sse":        {may: []string{"stream", "hooks"}},
	"ws":         {may: []string{"stream", "hooks", "github.com/gorilla/websocket"}},
}

// atWill are the folders that may import anything and that nobody imports.
var atWill = []string{"examples", "compat_test"}

// testsMay import these modules in addition, and any package of this module.
var testsMay = []string{"github.com/stretchr/testify", "github.com/go-chi/chi/v5", "github.com/gorilla/websocket", "golang.org/x/net/nettest"}

// kit is the package for tests. Nobody else imports it, and it imports nothing of ours: a
// test of any package can use it.
const kit = modulePath + "/stream/streamtest"

// A listedPackage is what the go command says of a package.
type listedPackage struct {
	ImportPath string
	Imports, TestImports,
	XTestImports []string
}

// folder returns the top-level folder of the package.
func (p listedPackage) folder() string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, modulePath), "/"), "/")
	return folder
}

func TestImports(t *testing.T) {
	t.Parallel()
	present := map[string]bool{}
	for _, p := range listPackages(t) {
		folder := p.folder()
		present[folder] = true
		if slices.Contains(atWill, folder) {
			continue
		}
		allowed, known := edges[folder]
		if !assert.True(t, known, "%s is in no folder of the design", p.ImportPath) {
			continue
		}
		if p.ImportPath == kit {
			folder, allowed.may = "", nil
		}
		for _, wrong := range refused(p.Imports, folder, allowed.may, nil) {
			t.Errorf("%s imports %s", p.ImportPath, wrong)
		}
		assert.NotContains(t, p.Imports, kit, "%s is no test", p.ImportPath)
		inTests := slices.Concat(p.TestImports, p.XTestImports)
		for _, wrong := range refused(inTests, folder, append([]string{modulePath}, allowed.may...), testsMay) {
			t.Errorf("a test of %s imports %s", p.ImportPath, wrong)
		}
	}
	for folder, edge := range edges {
		assert.True(t, edge.optional || present[folder], "there is no package in %s", folder)
	}
}

// refused returns those of the imports that are neither in the standard
// library nor of the same folder nor may be imported.
func refused(imports []string, folder string, may, modules []string) []string {
	var wrong []string
	for _, path := range imports {
		local, ours := strings.CutPrefix(path, modulePath+"/")
		top, _, _ := strings.Cut(local, "/")
		switch {
		case ours && slices.Contains(atWill, top):
			wrong = append(wrong, path)
		case ours && (top == folder || slices.Contains(may, top) || slices.Contains(may, modulePath)):
		case !ours && isStandard(path), slices.Contains(may, path):
		case slices.ContainsFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") }):
		default:
			wrong = append(wrong, path)
		}
	}
	return wrong
}

// isStandard reports whether path is of the standard library, whose first
// element has no dot.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		path   string
		folder string
		may    []string
		test   bool
		want   bool
	}{
		{name: "standard library", path: "net/http", folder: "stream"},
		{name: "own internal package", path: modulePath + "/stream/internal/http1", folder: "stream"},
		{name: "edge of the design", path: modulePath + "/stream", folder: "hooks", may: []string{"stream"}},
		{name: "edge against the design", path: modulePath + "/hooks", folder: "stream", want: true},
		{name: "examples", path: modulePath + "/examples/chat", folder: "adapter", may: []string{"stream"}, want: true},
		{name: "these tests", path: modulePath + "/compat_test", folder: "adapter", test: true, want: true},
		{name: "allowed package", path: "golang.org/x/net/http/httpguts", folder: "stream", may: edges["stream"].may},
		{name: "its neighbour", path: "golang.org/x/net/http2", folder: "stream", may: edges["stream"].may, want: true},
		{name: "another module", path: "github.com/valyala/fasthttp", folder: "adapter", want: true},
		{name: "testify in a test", path: "github.com/stretchr/testify/require", folder: "hooks", test: true},
		{name: "testify elsewhere", path: "github.com/stretchr/testify/require", folder: "hooks", want: true},
		{name: "own module in a test", path: modulePath + "/adapter", folder: "stream", test: true},
	} {
		may, modules := row.may, []string(nil)
		if row.test {
			may, modules = append([]string{modulePath}, may...), testsMay
		}
		wrong := refused([]string{row.path}, row.folder, may, modules)
		assert.Equal(t, row.want, len(wrong) > 0, row.name)
	}
}

// listPackages asks the go command for the packages of this module.
func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var packages []listedPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listedPackage
		require.NoError(t, dec.Decode(&p))
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	return packages
}

// TestTopLevel holds the list of what lies at the root of the repository.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	required := []string{"adapter", "stream", "hooks", "middleware", "sse", "compat_test", "README.md", "go.mod", "go.sum"}
	optional := []string{
		"ws", "examples",
		"go.work", "go.work.sum", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
		".ci", ".git", ".github", ".gitignore", ".golangci.yml",
	}
	entries, err := os.ReadDir("..")
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	for _, name := range names {
		assert.True(t, slices.Contains(required, name) || slices.Contains(optional, name), "%s does not belong at the top level", name)
	}
	for _, name := range required {
		assert.Contains(t, names, name)
	}
}
