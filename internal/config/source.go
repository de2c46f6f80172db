package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// value is a setting's text and where it came from.
type value struct {
	text string
	from string
	dir  string // a file named by text is relative to it; "" is the working folder
}

// sources are the places a value is looked for, strongest first.
type sources struct {
	flags   *Flags
	environ map[string]string
	file    map[string]value
}

// openSources reads the file, if one is named. What it could not read is a problem.
func openSources(flags Flags, environ []string) (sources, []Problem) {
	src := sources{flags: &flags, environ: map[string]string{}}
	for _, pair := range environ {
		if name, text, ok := strings.Cut(pair, "="); ok {
			src.environ[name] = text
		}
	}
	path := flags.Config
	if path == "" {
		path = src.environ["KONTOR_CONFIG"]
	}
	if path == "" {
		return src, nil
	}
	var problems []Problem
	src.file, problems = readFile(path)
	return src, problems
}

// find looks a setting up. An empty value counts as not given.
func (src sources) find(s Setting) (given value, found bool, problems []Problem) {
	if text := s.flag(src.flags); text != "" {
		given = value{text: text, from: "--" + s.Flag}
		if s.Secret {
			return s.open(given)
		}
		return given, true, nil
	}
	if given, found, problems = s.direct(value{text: src.environ[s.Env], from: s.Env}, value{text: src.environ[s.Env+"_FILE"], from: s.Env + "_FILE"}); found || problems != nil {
		return given, found, problems
	}
	return s.direct(src.file[s.Key], src.file[s.Key+"_file"])
}

// direct chooses between a value and the file that holds it.
func (s Setting) direct(plain, named value) (value, bool, []Problem) {
	plain.text = strings.TrimSpace(plain.text)
	switch {
	case !s.Secret || named.text == "":
		return plain, plain.text != "", nil
	case plain.text != "":
		return value{}, false, []Problem{{Setting: s.Env, Value: "two values", Source: plain.from + " and " + named.from, Expected: "one of them"}}
	}
	return s.open(named)
}

// open reads a secret from the file that named names.
func (s Setting) open(named value) (value, bool, []Problem) {
	path := named.text
	if named.dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(named.dir, path)
	}
	text, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = fmt.Errorf("%s is empty", path)
	}
	if err != nil {
		return value{}, false, []Problem{{Setting: s.Env, Value: quote(named.text), Source: named.from, Expected: fmt.Sprintf("a file that holds the value: %v", err)}}
	}
	return value{text: strings.TrimSpace(string(text)), from: named.from}, true, nil
}

// Misspelt lists variables that look like a setting of ours and are none, as
// sentences for the log. It is no error: Kubernetes adds KONTOR_PORT and the
// like for a service of that name.
func Misspelt(environ []string) []string {
	var known []string
	for _, s := range settings {
		known = append(known, s.Env)
		if s.Secret {
			known = append(known, s.Env+"_FILE")
		}
	}
	known = append(known, "KONTOR_CONFIG")
	var all []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		ours := strings.HasPrefix(name, "KONTOR_") || strings.HasPrefix(name, "WHATSAPP_") || strings.HasPrefix(name, "MESSAGE_")
		if meant := nearest(name, known); ours && meant != "" && meant != name {
			all = append(all, fmt.Sprintf("%s is no setting of Kontor and is ignored; did you mean %s?", name, meant))
		}
	}
	return all
}
