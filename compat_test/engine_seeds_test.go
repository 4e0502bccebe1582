package compat_test

// seedGroups are inputs that each have broken some server, or could. Most are
// followed by a request that shows whether both sides agree on where the input ends.
var seedGroups = []struct {
	name  string
	seeds func() []string
}{
	{"framing", framingSeeds},
	{"chunks", chunkSeeds},
	{"trailers", trailerSeeds},
	{"heads", headSeeds},
	{"hosts", hostSeeds},
	{"targets", targetSeeds},
	{"versions", versionSeeds},
	{"connection", connectionSeeds},
	{"expectations", expectSeeds},
	{"tunnels", tunnelSeeds},
	{"pipelines", pipelineSeeds},
}

// next is the request behind an input.
const next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

// posted returns a POST with these further lines and this body, followed by next.
func posted(lines, body string) string {
	return "POST /p HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body + next
}

// gotten returns a GET with these further lines, followed by next.
func gotten(lines string) string { return "GET /g HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + next }

// chunkedPost returns a POST with this chunked body, followed by next.
func chunkedPost(body string) string { return posted("Transfer-Encoding: chunked\r\n", body) }

// between returns each value between before and after.
func between(before string, values []string, after string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = before + v + after
	}
	return all
}
