package meta

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/wa"
)

// What the contract says of every code of 3.2 to 3.6, written down a second
// time by class: the table must hold these codes and no others.
func TestErrorTable(t *testing.T) {
	want := map[wa.Class][]int{
		wa.ClassToken:       {0, 190},
		wa.ClassStopNumber:  {368, 131031, 131042, 131064},
		wa.ClassPauseNumber: {4, 80007, 130429, 131048, 471},
		wa.ClassPausePair:   {131056},
		wa.ClassTemplate:    {131047, 470},
		wa.ClassOptOut:      {131050},
		wa.ClassDrop:        {130497, 130472, 131026, 131052, 1026},
		wa.ClassPauseTempl:  {132015, 132016, 132068, 132069},
		wa.ClassRegister:    {131045, 133000, 133006, 133010},
		wa.ClassBackoff:     {133016, 613, 1, 2, 131000, 131016, 131049, 131057, 134101, 133004, 133015, 2494100},
		wa.ClassOperator: {3, 10, 200, 131005, 33, 131030, 131037, 131044, 131063, 137000, 480, 134011, 134102, 2388019,
			200005, 200006, 200007, 133005, 133008, 133009, 2388001, 2388012, 2388091, 2388093, 2388103, 2593079, 2593085,
			2593107, 2593108, 131215, 138000, 147001, 2494164, 2494176, 2494179},
		wa.ClassNever: {100, 131008, 131009, 131020, 131021, 131041, 131051, 131053, 131055, 131059, 131060, 131061, 131062,
			135000, 132000, 132001, 132005, 132007, 132008, 132012, 132018, 134100, 134103, 1752041, 2388040, 2388047,
			2388072, 2388073, 2388293, 2388299, 2388023, 2388024},
	}
	expected := map[int]wa.Class{}
	for class, codes := range want {
		for _, code := range codes {
			expected[code] = class
		}
	}
	got := map[int]wa.Class{}
	for _, row := range ErrorTable() {
		if _, twice := got[row.Code]; twice {
			t.Errorf("%d stands in the table twice", row.Code)
		}
		if row.Title == "" || row.HTTP < 400 || row.HTTP > 599 {
			t.Errorf("%d: got title %q and status %d, want both", row.Code, row.Title, row.HTTP)
		}
		if row.Last != 0 && row.Last <= row.Code {
			t.Errorf("%d: range ends at %d", row.Code, row.Last)
		}
		got[row.Code] = row.Class
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("table (-contract +code):\n%s", diff)
	}
}

func TestErrorTableStatusAndDelay(t *testing.T) {
	delays := map[int]time.Duration{
		4: time.Minute, 80007: time.Minute, 130429: time.Second, 131048: time.Hour, 471: time.Hour,
		131056: time.Second, 133016: 72 * time.Hour, 131049: 24 * time.Hour, 131057: time.Minute,
		132069: time.Hour, 134101: 10 * time.Minute, 133015: 5 * time.Minute, 2494100: 2 * time.Minute,
	}
	statuses := map[int]int{
		0: 401, 3: 500, 10: 403, 190: 401, 200: 403, 368: 403, 130497: 403, 131031: 403, 131005: 403,
		2: 503, 131000: 500, 131016: 500, 131045: 500, 131057: 500, 132001: 404, 134102: 500, 133000: 500, 133004: 503,
	}
	for _, row := range ErrorTable() {
		if row.MinDelay != delays[row.Code] {
			t.Errorf("%d: got delay %v, want %v", row.Code, row.MinDelay, delays[row.Code])
		}
		want := statuses[row.Code]
		if want == 0 {
			want = 400
		}
		if row.HTTP != want {
			t.Errorf("%d: got status %d, want %d", row.Code, row.HTTP, want)
		}
	}
}

func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		code, status int
		want         wa.Class
	}{
		{0, 401, wa.ClassToken}, {190, 400, wa.ClassToken}, {190, 0, wa.ClassToken},
		{0, 500, wa.ClassBackoff}, {0, 503, wa.ClassBackoff}, {0, 429, wa.ClassPauseNumber},
		{0, 400, wa.ClassNever}, {0, 0, wa.ClassNever}, {0, 404, wa.ClassNever},
		{130429, 429, wa.ClassPauseNumber}, {130429, 400, wa.ClassPauseNumber}, {130429, 0, wa.ClassPauseNumber},
		{131047, 0, wa.ClassTemplate}, {131049, 0, wa.ClassBackoff},
		{200, 403, wa.ClassOperator}, {250, 400, wa.ClassOperator}, {299, 500, wa.ClassOperator},
		{300, 400, wa.ClassNever}, {199, 400, wa.ClassNever},
		{147003, 400, wa.ClassOperator}, {147006, 400, wa.ClassNever}, {2494166, 400, wa.ClassOperator},
		{999999, 500, wa.ClassBackoff}, {999999, 502, wa.ClassBackoff}, {999999, 429, wa.ClassPauseNumber},
		{999999, 400, wa.ClassNever}, {999999, 401, wa.ClassToken}, {-1, 400, wa.ClassNever},
	} {
		if got := ClassOf(c.code, c.status); got != c.want {
			t.Errorf("ClassOf(%d, %d): got %s, want %s", c.code, c.status, got, c.want)
		}
	}
}

func TestParseError(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status int
		class  wa.Class
		want   wa.Problem
	}{
		"messaging": {`{"error":{"message":"(#131030) Recipient phone number not in allowed list","type":"OAuthException","code":131030,"error_data":{"messaging_product":"whatsapp","details":"add it"},"error_subcode":2655007,"fbtrace_id":"A"}}`,
			400, wa.ClassOperator, wa.Problem{Code: 131030, Title: "Recipient phone number not in allowed list", Details: "add it"}},
		"error data is text": {`{"error":{"message":"x","type":"OAuthException","code":100,"error_data":"blah"}}`,
			400, wa.ClassNever, wa.Problem{Code: 100, Title: "x", Details: "blah"}},
		"error data is a list": {`{"error":{"message":"x","code":100,"error_data":[1]}}`,
			400, wa.ClassNever, wa.Problem{Code: 100, Title: "x", Details: "[1]"}},
		"code is text": {`{"error":{"message":"x","code":"190"}}`,
			401, wa.ClassToken, wa.Problem{Code: 190, Title: "x"}},
		"code 0": {`{"error":{"message":"AuthException","type":"OAuthException","code":0}}`,
			400, wa.ClassToken, wa.Problem{Title: "AuthException"}},
		"subcode tells more": {`{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388019,"error_user_title":"Zu viele Vorlagen","error_user_msg":"Lösche eine."}}`,
			400, wa.ClassOperator, wa.Problem{Code: 100, Title: "Zu viele Vorlagen", Details: "Lösche eine."}},
		"broken member": {`{"error":{"message":7,"type":["x"],"code":131056}}`,
			400, wa.ClassPausePair, wa.Problem{Code: 131056, Title: "7"}},
		"unknown, but transient": {`{"error":{"message":"x","code":777777,"is_transient":true}}`,
			400, wa.ClassBackoff, wa.Problem{Code: 777777, Title: "x"}},
		"known, whatever it says": {`{"error":{"message":"x","code":131008,"is_transient":true}}`,
			400, wa.ClassNever, wa.Problem{Code: 131008, Title: "x"}},
		"no message": {`{"error":{"code":131047}}`,
			400, wa.ClassTemplate, wa.Problem{Code: 131047, Title: "Re-engagement message"}},
	} {
		e := ParseError([]byte(c.body))
		if e == nil {
			t.Errorf("%s: got nothing, want an error", name)
			continue
		}
		if diff := cmp.Diff(c.want, e.Problem()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := e.Class(c.status); got != c.class {
			t.Errorf("%s: got class %s, want %s", name, got, c.class)
		}
	}
	for _, body := range []string{"", "<html>", `{}`, `{"error":null}`, `{"error":"no"}`, `[]`, `{"error":[]}`} {
		if e := ParseError([]byte(body)); e != nil {
			t.Errorf("%q: got %v, want nothing", body, e)
		}
	}
}
