package onprem_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kontor/internal/facade/onprem"
	"kontor/internal/wa"
)

// A file in testdata/calls is a row of calls with their answers, told as they
// travel:
//
//	# why
//	> POST /v1/contacts
//	> {"contacts":["+49 …"]}
//	< 200
//	< {"contacts":[…],"meta":{…}}
//
// A header of a request is a line "> Name: value", a file "> @name". What differs from run to run
// is replaced by a name (<message 1>, <media 1>, <token>), which later requests
// may use. KONTOR_UPDATE=1 writes the answers anew; compare them with
// on-premises-api.md before keeping them.
type exchange struct {
	comment []string
	request []string
	answer  []string
}

func TestCallsAnswerAsTheContractSays(t *testing.T) {
	files, err := filepath.Glob("testdata/calls/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no calls:", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			each(t, func(w *world) {
				w.login()
				w.writes("hello")
				n := newNames(w)
				n.byName["<hello>"] = w.received("hello")
				w.play(file, n)
			})
		})
	}
}

// received is the id in the old form of a message that the customer wrote.
func (w *world) received(text string) string {
	w.Helper()
	r := w.call("GET", "/api/v1/whatsapp/conversations/"+customer+"/history?order=desc", nil, "Authorization", "Bearer "+adminKey)
	list, _ := r.at("data").([]any)
	for _, one := range list {
		if !strings.Contains(canonical(one), fmt.Sprintf("%q", text)) {
			continue
		}
		m, _ := one.(map[string]any)
		if id, err := wa.ParseMessageID(fmt.Sprint(m["message_id"])); err == nil {
			return onprem.MessageID(id, wa.Inbound)
		}
	}
	w.Fatalf("got %s, want a message %q in it", r.text, text)
	return ""
}

func (w *world) play(file string, n *names) {
	w.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		w.Fatal(err)
	}
	story := parseStory(string(text))
	var out strings.Builder
	for _, e := range story {
		got := w.exchange(e, n)
		if want := strings.Join(e.answer, "\n"); got != want && os.Getenv("KONTOR_UPDATE") == "" {
			w.Errorf("%s: %s\ngot:\n%s\nwant:\n%s", file, strings.Join(e.request, "\n"), got, want)
		}
		e.answer = strings.Split(got, "\n")
		out.WriteString(e.String())
	}
	if os.Getenv("KONTOR_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(strings.TrimSuffix(out.String(), "\n")), 0o644); err != nil {
			w.Fatal(err)
		}
	}
}

func parseStory(text string) (story []*exchange) {
	var e *exchange
	for _, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		if mark == "#" && (e == nil || len(e.request) > 0) || mark == ">" && requestLine.MatchString(rest) && (e == nil || len(e.request) > 0) {
			e = &exchange{}
			story = append(story, e)
		}
		switch mark {
		case "#":
			e.comment = append(e.comment, rest)
		case ">":
			e.request = append(e.request, rest)
		case "<":
			e.answer = append(e.answer, rest)
		}
	}
	return story
}

func (e *exchange) String() string {
	var b strings.Builder
	for _, part := range []struct {
		mark  string
		lines []string
	}{{"#", e.comment}, {">", e.request}, {"<", e.answer}} {
		for _, line := range part.lines {
			b.WriteString(strings.TrimSpace(part.mark+" "+line) + "\n")
		}
	}
	return b.String() + "\n"
}

var requestLine = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /`)

var headerLine = regexp.MustCompile(`^([A-Za-z0-9-]+): ?(.*)$`)

// exchange makes a request and writes the answer down.
func (w *world) exchange(e *exchange, n *names) string {
	w.Helper()
	method, path, _ := strings.Cut(n.values(e.request[0]), " ")
	headers := []string{"Content-Type", "application/json"}
	var body []string
	for _, line := range e.request[1:] {
		if m := headerLine.FindStringSubmatch(n.values(line)); m != nil && len(body) == 0 {
			headers = append(headers, m[1], m[2])
			continue
		}
		body = append(body, n.values(line))
	}
	content := strings.Join(body, "\n")
	if file, ok := strings.CutPrefix(content, "@"); ok {
		if content = files[file]; file == "house.pem" {
			content = housePEM(w)
		}
	}
	r := w.raw(method, path, []byte(content), headers...)
	out := fmt.Sprint(r.status)
	switch {
	case r.body != nil:
		out += "\n" + n.hide(passing.Replace(path, canonical(r.body)))
	case strings.HasPrefix(r.header.Get("Content-Type"), "text/plain; version"):
		out += "\n" + r.header.Get("Content-Type") + "\n" + strings.TrimSpace(passing.Replace(path, string(r.text)))
	case len(r.text) > 0:
		out += "\n" + r.header.Get("Content-Type") + fmt.Sprintf(" (%d bytes)", len(r.text))
	}
	return out
}

// moments leaves out of figures and reports what is true at their moment only.
type moments []*regexp.Regexp

var passing = moments{
	regexp.MustCompile(`("value":)[0-9.e+-]+`), regexp.MustCompile(`(?m)(^[a-z_]+(?:\{.*\})? )[0-9.e+-]+$`),
	regexp.MustCompile(`("(?:db_engine|device_iso8601|go_version|os_name|os_version|uptime_seconds)":)[^,}]+`),
}

// Replace answers text without them, if path is that of figures or a report.
func (m moments) Replace(path, text string) string {
	if !strings.Contains(path, "/metrics") && !strings.Contains(path, "/stats/app") && !strings.Contains(path, "/support") {
		return text
	}
	for _, form := range m {
		text = form.ReplaceAllString(text, "$1<now>")
	}
	return text
}

// housePEM is a certificate with its key, always of the same length.
func housePEM(w *world) string {
	w.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "house"}, DNSNames: []string{"house.example"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		w.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// files are what the stories upload.
var files = map[string]string{
	"picture.jpg": "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9",
	"paper.pdf":   "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
	"ride.mp4":    "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
	"smile.webp":  "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00",
	"voice.ogg":   "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00",
}

func canonical(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// names replaces what differs from run to run.
type names struct {
	w       *world
	byValue map[string]string
	byName  map[string]string
	count   map[string]int
}

var volatile = []struct {
	name string
	form *regexp.Regexp
}{
	{"message", regexp.MustCompile(`\bgBGG[A-Za-z0-9_-]{23}`)},
	{"received", regexp.MustCompile(`\bABGG[A-Za-z0-9_-]{23}`)},
	{"media", regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b`)},
	{"namespace", regexp.MustCompile(`\b[0-9a-f]{8}_[0-9a-f]{4}_4[0-9a-f]{3}_[89ab][0-9a-f]{3}_[0-9a-f]{12}\b`)},
	{"token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{20,}`)},
	{"expiry", regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00`)},
	{"backup", regexp.MustCompile(`\bkontor1\.[A-Za-z0-9_-]+`)},
	{"id", regexp.MustCompile(`\b[0-9a-f]{32}\b`)},
	{"link", regexp.MustCompile(`"link":"(http[^"]+)"`)},
	{"hash", regexp.MustCompile(`"hash":"([^"]+)"`)},
	{"moment", regexp.MustCompile(`"created_timestamp":(\d{13})`)},
}

func (n *names) hide(text string) string {
	for _, v := range volatile {
		text = v.form.ReplaceAllStringFunc(text, func(whole string) string {
			found := v.form.FindStringSubmatch(whole)
			value := found[len(found)-1] // the form, or the part of it in brackets
			if n.byValue[value] == "" {
				n.count[v.name]++
				name := fmt.Sprintf("<%s %d>", v.name, n.count[v.name])
				if v.name == "expiry" { // two of one second are the same
					name = "<expiry>"
				}
				n.byValue[value], n.byName[name] = name, value
			}
			return strings.Replace(whole, value, n.byValue[value], 1)
		})
	}
	return text
}

// values puts back what hide replaced; <hello> is the customer's message.
func (n *names) values(text string) string {
	for name, value := range n.byName {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}
