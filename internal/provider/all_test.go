package provider_test

import (
	"testing"
	"time"

	"kontor/internal/provider"
	"kontor/internal/wa"
)

func TestCarriersFor(t *testing.T) {
	all := provider.All(provider.Deps{Now: time.Now})
	defer all.Close()
	seen := map[string]bool{}
	for _, named := range all {
		if named.Name == "" || named.Carrier == nil || seen[named.Name] {
			t.Errorf("got %q twice or empty", named.Name)
		}
		seen[named.Name] = true
		if c, ok := all.For(&wa.Number{Provider: named.Name}); !ok || c != named.Carrier {
			t.Errorf("%s: got %v, want its carrier", named.Name, c)
		}
	}
	if _, ok := all.For(&wa.Number{}); !ok {
		t.Error("a number without a provider: got none, want the Cloud API")
	}
	if _, ok := all.For(&wa.Number{Provider: "pigeon"}); ok {
		t.Error("pigeon: got a carrier, want none")
	}
}
