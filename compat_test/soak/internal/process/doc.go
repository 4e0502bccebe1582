// Package process is how a run sees its server process: a program that executes itself, to be
// asked in lines over its standard input and output, and watched through /proc.
package process
