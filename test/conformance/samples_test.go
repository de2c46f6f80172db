package conformance

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The samples that show how a receiver checks a signature stand in the web app
// (web/src/settings/webhooks/samples.ts) and in docs/callbacks.md. Here they run:
// on a call that the product made, and on calls that are not genuine.

// language is how a sample of one runs: a program around it reads
// [{"headers":…,"body":…}] and writes a list of booleans.
type language struct {
	name, fence string
	program     string // that must be there
	files       func(sample string) map[string]string
	run         []string
}

var sampleLanguages = []language{
	{"Node", "js", "node", func(sample string) map[string]string {
		return map[string]string{"genuine.mjs": sample, "main.mjs": `import { readFileSync } from 'node:fs'
import { genuine } from './genuine.mjs'
const calls = JSON.parse(readFileSync(0))
console.log(JSON.stringify(calls.map(({ headers, body }) => genuine(headers, Buffer.from(body)))))
`}
	}, []string{"node", "main.mjs"}},
	{"Python", "python", "python3", func(sample string) map[string]string {
		return map[string]string{"genuine.py": sample, "main.py": `import json, sys
from genuine import genuine
print(json.dumps([genuine(c["headers"], c["body"].encode()) for c in json.load(sys.stdin)]))
`}
	}, []string{"python3", "main.py"}},
	{"Go", "go", "go", func(sample string) map[string]string {
		imports := ""
		for _, path := range []string{"crypto/hmac", "crypto/sha256", "encoding/base64", "encoding/hex", "fmt", "strconv", "strings", "time"} {
			if strings.Contains(sample, path[strings.LastIndex(path, "/")+1:]+".") {
				imports += "\t\"" + path + "\"\n"
			}
		}
		return map[string]string{"genuine.go": "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n" + imports + ")\n\n" + sample, "main.go": `package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

func main() {
	var calls []struct {
		Headers map[string]string
		Body    string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&calls); err != nil {
		log.Fatal(err)
	}
	var out []bool
	for _, c := range calls {
		h := http.Header{}
		for name, v := range c.Headers {
			h.Set(name, v)
		}
		out = append(out, genuine(h, []byte(c.Body)))
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}
`, "go.mod": "module sample\n\ngo 1.24\n"}
	}, []string{"go", "run", "."}},
}

// samplesOf reads the samples of a dialect out of the web app's source.
func samplesOf(t *testing.T, dialect string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../web/src/settings/webhooks/samples.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, of, ok := strings.Cut(string(raw), "\n  "+dialect+": {")
	if !ok {
		t.Fatalf("samples.ts has no dialect %s", dialect)
	}
	literal := regexp.MustCompile("(?s)^(.*?[^\\\\])`")
	found := map[string]string{}
	for _, l := range sampleLanguages {
		_, text, ok := strings.Cut(of, "\n    "+l.name+": `")
		m := literal.FindStringSubmatch(text)
		if !ok || m == nil {
			t.Fatalf("samples.ts has no sample of %s in %s", dialect, l.name)
		}
		found[l.name] = strings.NewReplacer("\\`", "`", `\$`, `$`, `\\`, `\`).Replace(m[1])
	}
	return found
}

type received struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func TestSamplesOfSignaturesRun(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile("../../docs/callbacks.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "sqlite", house(1), nil)
	for _, dialect := range []string{"kontor", "'cloud-api'"} {
		calls := make(chan received, 1)
		endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			c := received{Headers: map[string]string{}, Body: string(body)}
			for name := range r.Header {
				c.Headers[strings.ToLower(name)] = r.Header.Get(name) // as Node and most frameworks have them
			}
			select {
			case calls <- c:
			default: // one is enough
			}
		}))
		t.Cleanup(endpoint.Close)
		made := w.must(t, "POST", "subscriptions", object{"url": endpoint.URL, "dialect": strings.Trim(dialect, "'"), "events": []string{"conversation.closed"}})
		w.must(t, "POST", "subscriptions/"+text(made["id"])+"/test", object{})
		genuine := <-calls
		cases := []received{genuine, genuine.but("body", genuine.Body+" "), genuine.but("webhook-id", "other"), genuine.but("webhook-timestamp", "1600000000"),
			genuine.but("webhook-signature", "v1,AAAA"), genuine.but("x-hub-signature-256", "sha256=00")}
		want := []bool{true, false, dialect != "kontor", dialect != "kontor", dialect != "kontor", dialect == "kontor"}
		samples := samplesOf(t, dialect)
		for _, l := range sampleLanguages {
			t.Run(strings.Trim(dialect, "'")+"/"+l.name, func(t *testing.T) {
				sample := samples[l.name]
				if !strings.Contains(string(docs), "```"+l.fence+"\n"+sample+"\n```\n") {
					t.Errorf("docs/callbacks.md does not have the sample of samples.ts word for word:\n%s", sample)
				}
				if _, err := exec.LookPath(l.program); err != nil {
					if l.name != "Python" {
						t.Fatal(err)
					}
					t.Skip("there is no python3 on this machine")
				}
				for secret, want := range map[string][]bool{text(made["secret"]): want, "whsec_b3RoZXI=": make([]bool, len(want))} {
					if got := runSample(t, l, sample, secret, cases); !slices.Equal(got, want) {
						t.Errorf("got %v, want %v: genuine, another body, id, time, and signatures", got, want)
					}
				}
			})
		}
	}
}

// but is a call with something else in it.
func (r received) but(name, value string) received {
	changed := received{Headers: map[string]string{}, Body: r.Body}
	for n, v := range r.Headers {
		changed.Headers[n] = v
	}
	if name == "body" {
		changed.Body = value
	} else if changed.Headers[name] != "" {
		changed.Headers[name] = value
	}
	return changed
}

func runSample(t *testing.T, l language, sample, secret string, cases []received) (got []bool) {
	t.Helper()
	folder := t.TempDir()
	for name, body := range l.files(sample) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), l.run[0], l.run[1:]...)
	c.Dir, c.Stdin = folder, strings.NewReader(string(in))
	c.Env = append(os.Environ(), "WEBHOOK_SECRET="+secret, "GOWORK=off", "GOFLAGS=")
	c.Stderr = t.Output()
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", l.name, err)
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %s: %v", l.name, out, err)
	}
	return got
}
