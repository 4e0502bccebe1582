package work

import (
	"fmt"
	"strconv"
	"strings"
)

var oneLine = strings.NewReplacer("\r", " ", "\n", " ")

// Notice is what is published as number seq of a topic.
func Notice(topic string, seq int64) string {
	return fmt.Sprintf("%s %d %s", topic, seq, oneLine.Replace(string(window(seq, int(seq*37%400)))))
}

// CheckNotice returns the number of a notice of the topic, or what is wrong with it.
func CheckNotice(got, topic string) (int64, error) {
	_, rest, _ := strings.Cut(got, " ")
	number, _, _ := strings.Cut(rest, " ")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("notice %.60q has no number", got)
	}
	if want := Notice(topic, seq); got != want {
		return 0, fmt.Errorf("notice %.60q is not %.60q", got, want)
	}
	return seq, nil
}
