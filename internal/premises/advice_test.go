package premises

import "testing"

func TestUnknownCallsHoldNoIDs(t *testing.T) {
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/v1/groups", "unknown: GET /v1/groups"},
		{"POST", "/v1/groups/4915112345678-1/invite/", "unknown: POST /v1/groups/{…}/invite"},
		{"DELETE", "/v1/a/b/c/d/e/f/g", "unknown: DELETE /v1/a/b/c/d"},
		{"GET", "/v1/Ida%20Berg/" + "abcdefghijklmnopqrstuvwxyzabcdef", "unknown: GET /v1/{…}/{…}"},
		{"BREW-A-LOT-OF-IT", "/", "unknown: {…} /{…}"},
	} {
		if got := UnknownCall(c.method, c.path); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.method, c.path, got, c.want)
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		call Call
		some bool
	}{
		{Call{Name: UnknownCall("GET", "/v1/groups"), Count: 1, Failed: 1}, true},
		{Call{Name: "POST /v1/messages text", Note: "ttl", Count: 1}, true},
		{Call{Name: "PATCH /v1/settings/application", Note: "pass_through", Count: 1}, true},
		{Call{Name: "POST /v1/messages text", Count: 10, Failed: 9}, true},
		{Call{Name: "POST /v1/messages text", Count: 10, Failed: 1}, false},
	} {
		if got := c.call.Advice(); (got != "") != c.some {
			t.Errorf("%+v: got %q, want some: %v", c.call, got, c.some)
		}
	}
}
