package outbox_test

import (
	"testing"

	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// contract is cloud-api.md 3.2 to 3.7 with what a message that meets the error
// ends in. "fail" is also what a wait of a day or more leads to, so that somebody
// decides (131049, 133016).
var contract = []struct {
	want  string
	codes []int
}{
	// 3.2 Authorisation and integrity
	{"stop", []int{190, 368, 131031, 10, 200, 250, 299, 131005}},
	{"fail", []int{3, 130497}},
	// 3.3 Throttling: nothing of it fails a message, but for 72 hours
	{"cool", []int{4, 80007, 130429, 131048}},
	{"pair", []int{131056}},
	{"stop", []int{131064}},
	{"again", []int{613}},
	{"fail", []int{133016}},
	// 3.4 Sending
	{"again", []int{1, 2, 131000, 131016, 131057}},
	{"stop", []int{131042}},
	{"fail", []int{33, 100, 130472, 131008, 131009, 131020, 131021, 131026, 131030, 131037, 131041, 131044, 131045, 131047, 131049, 131050,
		131051, 131052, 131053, 131055, 131059, 131060, 131061, 131062, 131063, 135000, 137000}},
	{"fail", []int{470, 480, 1026}},
	{"cool", []int{471}},
	// 3.5 Templates
	{"fail", []int{132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 134011, 134100, 134102, 134103, 1752041,
		2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299, 2388023, 2388024, 200005, 200006, 200007}},
	{"again", []int{132069, 134101}},
	// 3.6 Registration, migration, sync, account
	{"again", []int{133004, 133015, 2494100}},
	{"fail", []int{133000, 133005, 133006, 133008, 133009, 133010, 2388001, 2388012, 2388091, 2388093, 2388103, 2593079, 2593085, 2593107, 2593108,
		147001, 147003, 147005, 2494164, 2494168, 2494176, 2494177, 2494179}},
	// 3.7 Calling, groups, block, Flows: no message of ours can mend them
	{"fail", []int{138000, 138001, 138002, 138003, 138004, 138005, 138006, 138007, 138009, 138012, 138013, 138018, 139000, 139004, 139100, 139101, 139102,
		139103, 131201, 131202, 131204, 131207, 131208, 131209, 131210, 131211, 131212, 131213, 131214, 131215, 12455}},
}

func TestEveryErrorOfTheContractHasItsRemedy(t *testing.T) {
	known := map[int]bool{0: true} // 0 is judged below: it means something with status 401 only
	for _, row := range contract {
		for _, code := range row.codes {
			known[code] = true
			if got := outbox.Remedy(failed(code, 400), false); got != row.want {
				t.Errorf("%d: got %s, want %s", code, got, row.want)
			}
		}
	}
	for _, row := range meta.ErrorTable() {
		if !known[row.Code] {
			t.Errorf("%d %s is missing here", row.Code, row.Title)
		}
	}
	for status, want := range map[int]string{401: "stop", 429: "cool", 500: "again", 503: "again", 400: "fail"} {
		if got := outbox.Remedy(failed(0, status), false); got != want {
			t.Errorf("status %d without a code: got %s, want %s", status, got, want)
		}
	}
}

// Who asked to fail instead of waiting does so for speed, and for nothing else.
func TestFailFastIsAboutSpeedOnly(t *testing.T) {
	for code, want := range map[int]string{130429: "fail", 80007: "fail", 131056: "fail", 131000: "again", 190: "stop", 131042: "stop"} {
		if got := outbox.Remedy(failed(code, 400), true); got != want {
			t.Errorf("%d: got %s, want %s", code, got, want)
		}
	}
}

// failed is the failure that a carrier makes of such an answer.
func failed(code, status int) *wa.Failure {
	row, _ := meta.LookupError(code)
	return &wa.Failure{Class: meta.ClassOf(code, status), Problem: wa.Problem{Code: code}, Status: status, RetryAfter: row.MinDelay}
}
