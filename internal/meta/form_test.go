package meta

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormMembers(t *testing.T) {
	for body, want := range map[string]map[string]any{
		"to=49&type=text":                         {"to": "49", "type": "text"},
		"text[body]=hi&text[preview_url]=true":    {"text": map[string]any{"body": "hi", "preview_url": "true"}},
		"template[language][code]=en_US":          {"template": map[string]any{"language": map[string]any{"code": "en_US"}}},
		"b[1][title]=No&b[0][title]=Yes":          {"b": []any{map[string]any{"title": "Yes"}, map[string]any{"title": "No"}}},
		"prompts[]=a&prompts[]=b":                 {"prompts": []any{"a", "b"}},
		"b[0]=x&b[2]=y":                           {"b": map[string]any{"0": "x", "2": "y"}},
		"a[=1&[b]=2&a]=3&a[b=4&a[][c]=5":          {"a[": "1", "[b]": "2", "a]": "3", "a[b": "4", "a[][c]": "5"},
		"a[" + strings.Repeat("x][", 20) + "y]=1": {"a[" + strings.Repeat("x][", 20) + "y]": "1"},
	} {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, FormMembers(form)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
