package client

// healthyJobs returns what healthy client i does: of twenty, so many do each.
func healthyJobs(i int) job {
	shares := []struct {
		of20 int
		job  job
	}{
		{5, keepAlive}, {3, pipeline}, {4, upload}, {1, panicking}, {3, follow}, {2, echo}, {2, listen},
	}
	i %= 20
	for _, s := range shares {
		if i -= s.of20; i < 0 {
			return s.job
		}
	}
	panic("client: the shares are not twenty")
}
