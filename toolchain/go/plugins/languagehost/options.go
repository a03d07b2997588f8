package languagehost

import "fmt"

// options are the runtime options of Pulumi.yaml, with the names and meanings of the official host.
type options struct {
	// typescript lets the SDK register ts-node. Default: true.
	typescript bool
	// tsconfig is the path of the compiler's configuration for ts-node.
	tsconfig string
	// nodeargs go to node before the script.
	nodeargs []string
}

func parseOptions(raw map[string]any) (options, error) {
	o := options{typescript: true}
	for name, value := range raw {
		switch name {
		case "typescript":
			b, ok := value.(bool)
			if !ok {
				return o, fmt.Errorf("the runtime option typescript in Pulumi.yaml must be true or false, not %v", value)
			}
			o.typescript = b
		case "tsconfig":
			s, ok := value.(string)
			if !ok {
				return o, fmt.Errorf("the runtime option tsconfig in Pulumi.yaml must be a path, not %v", value)
			}
			o.tsconfig = s
		case "nodeargs":
			s, ok := value.(string)
			if !ok {
				return o, fmt.Errorf("the runtime option nodeargs in Pulumi.yaml must be a string, not %v", value)
			}
			args, err := splitWords(s)
			if err != nil {
				return o, fmt.Errorf("the runtime option nodeargs in Pulumi.yaml: %w", err)
			}
			o.nodeargs = args
		}
	}
	return o, nil
}

// environment is what the SDK's own scripts read the options from.
func (o options) environment() []string {
	var env []string
	if o.typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if o.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return env
}

// splitWords splits as a shell does: blanks separate, single and double quotes hold together, a backslash takes the next
// character as it is (not inside single quotes).
func splitWords(s string) ([]string, error) {
	var words []string
	var word []rune
	var quote rune
	inWord, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			word, escaped = append(word, r), false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word = append(word, r)
			}
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if inWord {
				words, word, inWord = append(words, string(word)), nil, false
			}
		default:
			word, inWord = append(word, r), true
		}
	}
	if quote != 0 || escaped {
		return nil, fmt.Errorf("%q ends inside a quote", s)
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}
