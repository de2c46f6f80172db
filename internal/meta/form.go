package meta

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// FormMembers is a form as the object that it stands for: a name with brackets
// ("template[language][code]", "buttons[0][title]", "prompts[]") is a member of a
// member, as PHP's clients write and Graph reads it; any other name is one of the
// object itself. Values stay text; those that hold JSON are the reader's to open.
func FormMembers(form url.Values) map[string]any {
	root := &branch{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		path, nested := bracketed(name)
		if !nested {
			root.child(name).text = form.Get(name)
			continue
		}
		if path[len(path)-1] != "" {
			root.set(path, form.Get(name))
			continue
		}
		for i, v := range form[name] { // "name[]": a list of all its values
			root.set(append(path[:len(path)-1:len(path)-1], strconv.Itoa(i)), v)
		}
	}
	members := make(map[string]any, len(root.children))
	for name, c := range root.children {
		members[name] = c.value()
	}
	return members
}

// maxDepth bounds the brackets of a name; a message of Meta's has fewer.
const maxDepth = 12

// bracketed splits "a[b][]" into a, b and "".
func bracketed(name string) (path []string, ok bool) {
	first, rest, ok := strings.Cut(name, "[")
	if !ok || first == "" || !strings.HasSuffix(rest, "]") {
		return nil, false
	}
	path = append([]string{first}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
	for i, part := range path {
		if strings.ContainsAny(part, "[]") || part == "" && i < len(path)-1 {
			return nil, false
		}
	}
	return path, len(path) <= maxDepth
}

// branch is a text, or has children.
type branch struct {
	text     string
	children map[string]*branch
}

func (b *branch) child(name string) *branch {
	if b.children == nil {
		b.children = map[string]*branch{}
	}
	if b.children[name] == nil {
		b.children[name] = &branch{}
	}
	return b.children[name]
}

func (b *branch) set(path []string, text string) {
	for _, name := range path {
		b = b.child(name)
	}
	b.text = text
}

// value is the text, a list where the children are 0, 1, 2, …, else an object.
func (b *branch) value() any {
	if b.children == nil {
		return b.text
	}
	list := make([]any, len(b.children))
	for i := range list {
		c := b.children[strconv.Itoa(i)]
		if c == nil {
			members := make(map[string]any, len(b.children))
			for name, c := range b.children {
				members[name] = c.value()
			}
			return members
		}
		list[i] = c.value()
	}
	return list
}
