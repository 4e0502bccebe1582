package client

import (
	"bufio"
	"io"
	"strings"
)

// lines reads an event stream's lines, which end with LF here.
type lines struct{ br *bufio.Reader }

func newLines(r io.Reader) lines { return lines{bufio.NewReader(r)} }

// next returns the next line. The error is io.EOF at an end in good order, between lines.
func (l lines) next() (string, error) {
	line, err := l.br.ReadString('\n')
	if err == io.EOF && line != "" {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimSuffix(line, "\n"), err
}
