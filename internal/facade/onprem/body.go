package onprem

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds every JSON body; files have their own limit.
const maxBody = 1 << 20

// object reads a JSON object strictly: what is missing is 1008, what has the
// wrong type or value 1009, and what nobody asked for 1010. Problems are
// collected, so that all are told at once.
type object struct {
	in       map[string]any
	path     string // "text." for members of text
	asked    map[string]bool
	problems *[]Error
}

// readObject reads the body of a request. An empty body is an empty object:
// clients send the type application/json without a byte (on-premises-api.md 1).
func (c *call) readObject() (*object, error) {
	v, err := c.readJSON()
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = map[string]any{}
	}
	in, ok := v.(map[string]any)
	if !ok {
		return nil, refuse(1025, "The body must be a JSON object.")
	}
	return newObject(in), nil
}

func newObject(in map[string]any) *object {
	return &object{in: in, asked: map[string]bool{}, problems: &[]Error{}}
}

// readJSON reads one JSON value; nil for an empty body.
func (c *call) readJSON() (any, error) {
	text, err := c.readAll(maxBody)
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return nil, err
	}
	return parseJSON(text)
}

func parseJSON(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, refuse(1025, "The body is not JSON.").because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(1025, "The body has something behind its JSON.")
	}
	return v, nil
}

// readAll reads at most limit bytes of the body.
func (c *call) readAll(limit int64) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuse(1009, "The body is too large.").with(http.StatusRequestEntityTooLarge)
	case err != nil:
		return nil, refuse(1025, "The body could not be read.").because(err)
	}
	return text, nil
}

func (o *object) problem(code int, name, why string) {
	*o.problems = append(*o.problems, newError(code, "The parameter "+o.path+name+" "+why))
}

func (o *object) missing(name string)    { o.problem(1008, name, "is missing.") }
func (o *object) wrong(name, why string) { o.problem(1009, name, "is not valid: "+why) }

// get marks a member as asked for; null counts as absent.
func (o *object) get(name string) (any, bool) {
	o.asked[name] = true
	v, ok := o.in[name]
	return v, ok && v != nil
}

func (o *object) has(name string) bool { v, ok := o.in[name]; return ok && v != nil }

// ignore accepts a member without reading it.
func (o *object) ignore(names ...string) (present []string) {
	for _, name := range names {
		if _, ok := o.get(name); ok {
			present = append(present, name)
		}
	}
	return present
}

// text is an optional text; numbers are taken as they are written, because
// clients send both for ids and codes.
func (o *object) text(name string) string {
	v, ok := o.get(name)
	if !ok {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	o.wrong(name, "it must be a text.")
	return ""
}

// need is a text that must be there and not be empty.
func (o *object) need(name string) string {
	if !o.has(name) {
		o.asked[name] = true
		o.missing(name)
		return ""
	}
	s := o.text(name)
	if _, is := o.in[name].(string); is && s == "" {
		o.missing(name)
	}
	return s
}

// words is need for what people read: a number is not taken for it.
func (o *object) words(name string) string {
	if _, is := o.in[name].(json.Number); is {
		o.asked[name] = true
		o.wrong(name, "it must be a text.")
		return ""
	}
	return o.need(name)
}

func (o *object) boolean(name string) bool {
	v, ok := o.get(name)
	b, is := v.(bool)
	if ok && !is {
		o.wrong(name, "it must be true or false.")
	}
	return b
}

// object is a member that is an object; nil when it is absent or none.
func (o *object) object(name string) *object {
	v, ok := o.get(name)
	if !ok {
		return nil
	}
	in, is := v.(map[string]any)
	if !is {
		o.wrong(name, "it must be an object.")
		return nil
	}
	return &object{in: in, path: o.path + name + ".", asked: map[string]bool{}, problems: o.problems}
}

// needObject is an object that must be there; an empty one stands in for a
// missing one, so that reading goes on.
func (o *object) needObject(name string) *object {
	if !o.has(name) {
		o.asked[name] = true
		o.missing(name)
	} else if in := o.object(name); in != nil {
		return in
	}
	return &object{in: map[string]any{}, path: o.path + name + ".", asked: map[string]bool{}, problems: &[]Error{}}
}

// list is a member that is an array.
func (o *object) list(name string) []any {
	v, ok := o.get(name)
	list, is := v.([]any)
	if ok && !is {
		o.wrong(name, "it must be an array.")
	}
	return list
}

// into reads a member whose inside is Meta's and goes on unchanged.
func (o *object) into(name string, v any) {
	in, ok := o.get(name)
	if !ok {
		return
	}
	text, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		o.wrong(name, "it does not have the form that it must have.")
	}
}

// end refuses what nobody asked for, and returns every problem: missing ones first.
func (o *object) end() error {
	o.surplus()
	return o.refusal()
}

// surplus notes members that this object does not have.
func (o *object) surplus() {
	for _, name := range slices.Sorted(maps.Keys(o.in)) {
		if !o.asked[name] {
			o.problem(1010, clip(name), "is not required.")
		}
	}
}

func (o *object) refusal() error {
	if len(*o.problems) == 0 {
		return nil
	}
	all := slices.Clone(*o.problems)
	slices.SortStableFunc(all, func(a, b Error) int { return a.Code - b.Code })
	return &Refusal{Status: statusOf(all[0].Code), Errors: all}
}

// clip keeps what strangers wrote short in our sentences.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}

// digits is a number as it was written, with or without quotes; empty for what
// can be none.
func (o *object) digits(name string) (text string, ok bool) {
	v, ok := o.get(name)
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	return text, ok
}

// number is an optional whole number; "12" is taken as 12.
func (o *object) number(name string) int64 {
	text, ok := o.digits(name)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		o.wrong(name, "it must be a whole number.")
	}
	return n
}

// decimal is an optional number; "12.5" is taken as 12.5.
func (o *object) decimal(name string) float64 {
	text, ok := o.digits(name)
	if !ok {
		return 0
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		o.wrong(name, "it must be a number.")
	}
	return f
}
