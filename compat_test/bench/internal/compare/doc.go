// Package compare is the plan of a run: which targets are measured with which
// workloads, by which meter, and in which order.
package compare
