package search_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"kontor/internal/seal"
	"kontor/internal/search"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
)

// rotated adds a data key to a keyset and makes it the one that seals.
func rotated(t *testing.T, key, sealed []byte) []byte {
	t.Helper()
	name := []byte("kontor keyset")
	kek, err := subtle.NewAESGCM(key)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(sealed)), kek, name)
	if err != nil {
		t.Fatal(err)
	}
	m := keyset.NewManagerFromHandle(handle)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err == nil {
		handle, err = m.Handle()
	}
	var out bytes.Buffer
	if err == nil {
		err = handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&out), kek, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What the index has under an old key is found under a new one, what comes later
// lies under the new one, and merging brings the old over.
func TestTheIndexSurvivesANewKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		key := bytes.Repeat([]byte{7}, seal.KeyLength)
		old, err := seal.NewKeyset(key)
		if err != nil {
			t.Fatal(err)
		}
		use := func(keys []byte) {
			sealer, err := seal.New(key, keys)
			if err != nil {
				t.Fatal(err)
			}
			s.SetSealer(sealer)
		}
		use(old)
		h := open(t, s)
		for range 4 {
			h.says(1, katrin, text("Die alte Rechnung"))
			h.settle()
		}
		use(rotated(t, key, old))
		h.want(search.Query{Text: "rechnung", Limit: 10}, "Die alte [Rechnung]", "Die alte [Rechnung]", "Die alte [Rechnung]", "Die alte [Rechnung]")
		for range 4 { // the eighth segment has all eight become one
			h.says(1, katrin, text("Die neue Rechnung"))
			h.settle()
		}
		if got := h.find(search.Query{WorkspaceID: 1, Text: "rechnung", Limit: 10}); len(got) != 8 {
			t.Errorf("got %d, want 8", len(got))
		}
		use(old)
		if _, err := h.Find(context.Background(), search.Query{WorkspaceID: 1, Text: "rechnung", Limit: 10}); err == nil {
			t.Error("the old key opens the index still, want it sealed under the new one")
		}
	})
}
