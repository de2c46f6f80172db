package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// usage counts Graph calls for the limits of the app and of its accounts
// (cloud-api.md 4.4) and for the headers that tell of them. Sandbox.mu guards it.
type usage struct {
	app      hour
	accounts map[string]*hour // management calls by WABA id
}

// hour counts in a sliding hour, minute by minute.
type hour struct {
	minute [60]int
	at     int64 // minute of the newest count
	sum    int
}

// add counts one call at now and tells how many the last hour has had.
func (h *hour) add(now time.Time) int {
	h.pass(now)
	h.minute[h.at%60]++
	h.sum++
	return h.sum
}

// pass forgets what is older than an hour.
func (h *hour) pass(now time.Time) {
	minute := now.Unix() / 60
	if minute < h.at || minute-h.at >= 60 { // set back, or long ago
		*h = hour{at: minute}
		return
	}
	for ; h.at < minute; h.at++ {
		next := (h.at + 1) % 60
		h.sum -= h.minute[next]
		h.minute[next] = 0
	}
}

// regain is how many minutes pass until there is room again.
func (h *hour) regain() int {
	for i := int64(1); i < 60; i++ {
		if h.minute[(h.at+i)%60] > 0 {
			return int(i)
		}
	}
	return 60
}

const accountCallsPerHour = 5000 // of an account that is active (cloud-api.md 4.4)

// managed are the calls that count: GET of the account itself and these edges.
func (c *call) managed() bool {
	if c.account == nil {
		return false
	}
	switch c.edge {
	case "":
		return c.r.Method == http.MethodGet
	case "assigned_users", "phone_numbers", "message_templates":
		return true
	}
	return false
}

// count counts the call and refuses it beyond the limits of the app (4) and of
// the account (80007).
func (c *call) count() *refusal {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	made := s.st.usage.app.add(now)
	if limit := s.st.conduct(portfolioID).AppCallsPerHour; limit > 0 && made > limit {
		return &refusal{code: codeAppCalls, message: "(#4) Application request limit reached", bare: true, passing: true}
	}
	if !c.managed() {
		return nil
	}
	limit := s.st.callLimit(c.account.id)
	if made := s.st.usage.account(c.account.id).add(now); limit > 0 && made > limit {
		return &refusal{code: codeAccountCalls, bare: true, message: "(#80007) There have been too many calls to this WhatsApp Business account. Wait a bit and try again."}
	}
	return nil
}

func (u *usage) account(id string) *hour {
	if u.accounts == nil {
		u.accounts = map[string]*hour{}
	}
	if u.accounts[id] == nil {
		u.accounts[id] = &hour{}
	}
	return u.accounts[id]
}

// callLimit is how many management calls an account may have in an hour; 0: any.
func (st *state) callLimit(waba string) int {
	switch limit := st.conduct(waba).CallsPerHour; {
	case limit < 0:
		return 0
	case limit > 0:
		return limit
	}
	return accountCallsPerHour
}

// tellUsage writes x-app-usage and x-business-use-case-usage (cloud-api.md 0):
// percentages of the limits of the last hour.
func (c *call) tellUsage(h http.Header) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.nowLocked()
	app := &s.st.usage.app
	app.pass(now)
	h.Set("x-app-usage", `{"call_count":`+percent(app.sum, s.st.conduct(portfolioID).AppCallsPerHour)+`,"total_cputime":0,"total_time":0}`)
	waba := c.waba()
	if waba == "" {
		return
	}
	own := s.st.usage.account(waba)
	own.pass(now)
	limit := s.st.callLimit(waba)
	wait := 0
	if limit > 0 && own.sum > limit {
		wait = own.regain()
	}
	h.Set("x-business-use-case-usage", `{"`+waba+`":[{"type":"whatsapp","call_count":`+percent(own.sum, limit)+
		`,"total_cputime":0,"total_time":0,"estimated_time_to_regain_access":`+strconv.Itoa(wait)+`}]}`)
}

// percent is the share of limit that was used; 0 without a limit.
func percent(used, limit int) string {
	if limit <= 0 {
		return "0"
	}
	return strconv.Itoa(used * 100 / limit)
}
