package http1

// Limits bounds one request head, and one trailer section, while its bytes
// arrive: what goes beyond a bound is refused as soon as the first byte beyond it
// was seen, whether or not the line is complete. Sizes are in bytes.
//
// Zero in Path, HeaderCount, HeaderName and HeaderValue means no bound of its own;
// Head always holds. A Head of zero or less refuses every request.
type Limits struct {
	Path        int // request target as sent; beyond it 414
	HeaderCount int // field lines; beyond it 431
	HeaderName  int // one field name; beyond it 431
	HeaderValue int // one field value without the white space around it; beyond it 431
	Head        int // the whole head, line ends included; beyond it 431
}
