//go:build linux

package compare

import (
	"errors"
	"path/filepath"
	"strings"
)

// profiles has each server begin a CPU profile of the workload, if that is wanted.
func (r *run) profiles(field []*runner, workload string) error {
	if r.opts.ProfileDir == "" {
		return nil
	}
	for _, x := range field {
		file := strings.NewReplacer("/", "", " ", "-", "+", "-", ",", "").Replace(x.name) + "-" + workload + ".pprof"
		path, err := filepath.Abs(filepath.Join(r.opts.ProfileDir, file))
		if err != nil {
			return err
		}
		if err := x.server.Profile(path); err != nil {
			return err
		}
	}
	return nil
}

func stopProfiles(field []*runner, dir string) error {
	if dir == "" {
		return nil
	}
	var err error
	for _, x := range field {
		err = errors.Join(err, x.server.StopProfile())
	}
	return err
}
