package admit

import (
	"encoding/json"

	"sigs.k8s.io/yaml"
)

// written is how long the file is that the Prometheus Operator makes of an object's rules: their YAML with the expressions as printed, and
// the namespace among the labels of each rule. An author's text says little about it: the matcher comes to every selector, and `a+a+a`
// grows forty times.
func written(object []byte, label, namespace string, printed [][]string) (int, error) {
	var read struct {
		Spec map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(object, &read); err != nil {
		return 0, err
	}
	groups, _ := read.Spec["groups"].([]any)
	for g, group := range groups {
		of, _ := group.(map[string]any)
		rules, _ := of["rules"].([]any)
		for r, rule := range rules {
			fields, _ := rule.(map[string]any)
			if fields == nil || g >= len(printed) || r >= len(printed[g]) {
				continue
			}
			fields["expr"] = printed[g][r]
			labels, _ := fields["labels"].(map[string]any)
			if labels == nil {
				labels = map[string]any{}
				fields["labels"] = labels
			}
			labels[label] = namespace
		}
	}
	text, err := yaml.Marshal(read.Spec)
	return len(text), err
}
