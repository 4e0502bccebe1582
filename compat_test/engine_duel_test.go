package compat_test

import (
	"strings"
	"testing"
)

// A duel holds engines against net/http, within a bubble of synctest.
type duel struct {
	t     *testing.T
	met   map[string]bool   // differences, by name
	whole map[string]result // by engine, manner and end, of the input last played whole
	stock map[string]result
	last  string
}

func newDuel(t *testing.T) *duel {
	return &duel{t: t, met: map[string]bool{}, whole: map[string]result{}, stock: map[string]result{}}
}

// fight plays in on net/http and on all engines, and fails for what differs and is
// not on the table, and for what depends on how the input was cut.
func (d *duel) fight(in input) {
	d.t.Helper()
	if d.last != in.bytes {
		d.last, d.whole, d.stock = in.bytes, map[string]result{}, map[string]result{}
	}
	stocks := map[bool]result{}
	for _, e := range engines() {
		want, ok := stocks[e.warm]
		if !ok {
			want = play(stock, e.warm, in)
			stocks[e.warm] = want
		}
		got := play(e.start, e.warm, in)
		d.compare(e, in, want, got)

		key := e.name + "/" + in.manner.name
		if in.fin {
			key += "/fin"
		}
		if in.cutting.name == "whole" {
			d.whole[key], d.stock[key] = got, want
		} else if whole, ok := d.whole[key]; ok && !in.manner.stops() && whole.String() != got.String() && d.stock[key].String() == want.String() {
			d.t.Errorf("%s: %s, end %t: - whole, + %s of %.2000q:\n%s", e.name, in.manner.name, in.fin, in.cutting.name, in.bytes, diff(whole.String(), got.String()))
		}
	}
}

func (d *duel) compare(e engine, in input, want, got result) {
	d.t.Helper()
	aborts := strings.HasPrefix(in.manner.name, "aborts") // which leaves nothing to be lost
	if got.reset && !want.reset && !aborts {
		d.t.Errorf("%s: %s, %s, end %t: closed over unread bytes of %.2000q", e.name, in.manner.name, in.cutting.name, in.fin, in.bytes)
	}
	if want.String() == got.String() {
		return
	}
	rows := explain(in, want, got)
	for _, row := range rows {
		d.met[row.name] = true
	}
	if rows == nil {
		d.t.Errorf("%s: %s, %s, end %t: - net/http, + %s of %.2000q, for %q:\n%s",
			e.name, in.manner.name, in.cutting.name, in.fin, e.name, in.bytes, got.causes, diff(want.String(), got.String()))
	}
}
