package sandbox

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The rules of registration (cloud-api.md 4.4, 6.1). What Meta does not publish
// is marked as ours.
const (
	registrations      = 10
	registrationWindow = 72 * time.Hour
	codeLife           = 10 * time.Minute // ours
	codeGuesses        = 5                // ours
	pinGuesses         = 5                // ours
	pinLock            = time.Hour        // ours
	pinHaste           = 2 * time.Second  // ours
)

var (
	pinForm  = regexp.MustCompile(`^\d{6}$`)
	codeForm = regexp.MustCompile(`^\d{3}-?\d{3}$`)
	regions  = strings.Fields("AE AU BH BR CA CH DE GB ID IN JP KR SG ZA")
	recently = func(all []time.Time, now time.Time, d time.Duration) []time.Time {
		return slices.DeleteFunc(all, func(at time.Time) bool { return now.Sub(at) >= d })
	}
	codeRules = []rule{
		{path: "code_method", kind: text, need: true, oneOf: []string{"SMS", "VOICE"}},
		{path: "language", kind: text, need: true, min: 2, max: 6},
	}
	addRules = []rule{
		{path: "cc", need: true},
		{path: "phone_number", need: true},
		{path: "verified_name", kind: text, need: true, min: 3, max: 256},
	}
	registerRules = []rule{
		{path: "messaging_product", kind: text, need: true, oneOf: []string{"whatsapp"}},
		{path: "pin", need: true, also: isPIN},
		{path: "data_localization_region", kind: text, oneOf: regions},
		{path: "tier", kind: text, oneOf: []string{"PROD", "SANDBOX"}},
		{path: "meta_store_retention_minutes", kind: whole, min: 1, max: 43200},
		{path: "backup", kind: object},
		{path: "backup.data", kind: text, need: true, min: 1},
		{path: "backup.password", kind: text, need: true, min: 1},
	}
)

func isPIN(v any, at string) *refusal {
	if !pinForm.MatchString(plainText(v)) {
		return paramBad("Param %s must be six digits.", at)
	}
	return nil
}

// addNumber answers POST /{waba-id}/phone_numbers: a number that is not verified
// and not registered yet.
func (c *call) addNumber() (any, *refusal) {
	in := c.params()
	if bad := check(in, addRules); bad != nil {
		return nil, bad
	}
	cc, local := digits(plainText(in["cc"])), digits(plainText(in["phone_number"]))
	if all := cc + local; len(all) < 7 || len(all) > 15 || cc == "" {
		return nil, paramBad("Param phone_number is not a valid phone number.")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.st.each(), func(n *number) bool { return n.digits == cc+local }) {
		return nil, badTemplate(2388012, "Number already added", "The phone number +%s%s is already in a list of numbers.", cc, local)
	}
	if most := s.numbersMost(c.account.id); len(s.st.order) >= most {
		return nil, badTemplate(0, "Too many numbers", "The portfolio has %d numbers, at most %d are allowed.", len(s.st.order), most)
	}
	cfg := s.likeOthers(c.account.id)
	cfg.PhoneNumberID, cfg.DisplayPhone, cfg.VerifiedName = s.st.objectID("number"), "+"+cc+" "+local, textOf(in["verified_name"])
	s.makeNumber(cfg)
	d := s.st.portfolio.desk(cfg.PhoneNumberID)
	d.Status, d.CodeStatus, d.NameStatus = statusUnverified, "NOT_VERIFIED", "PENDING_REVIEW"
	s.planName(cfg.PhoneNumberID, d)
	s.changed()
	return map[string]any{"id": cfg.PhoneNumberID}, nil
}

// numbersMost is how many numbers the portfolio may have (cloud-api.md 4.4).
func (s *Sandbox) numbersMost(waba string) int {
	if o := s.st.portfolio.office(waba); o.Verified != nil && !*o.Verified {
		return 2
	}
	return 20
}

// likeOthers is the configuration of a new number of an account: app, callback
// and tokens are those of its first number.
func (s *Sandbox) likeOthers(waba string) NumberConfig {
	from := s.firstNumber().cfg
	if n := s.numberOf(waba); n != nil {
		from = n.cfg
	}
	return NumberConfig{
		WABAID: waba, AppSecret: from.AppSecret, VerifyToken: from.VerifyToken, CallbackURL: from.CallbackURL,
		AccessTokens: from.AccessTokens, PerSecond: from.PerSecond, Throughput: from.Throughput,
	}
}

// makeNumber lets a number exist that is not configured; the caller holds mu.
func (s *Sandbox) makeNumber(cfg NumberConfig) {
	s.st.portfolio.Made = append(s.st.portfolio.Made, cfg)
	s.st.addNumber(cfg, s.opt.Templates)
	s.events.publish("number", s.numberView(s.st.numbers[cfg.PhoneNumberID]))
}

// postRequestCode answers POST /{phone-number-id}/request_code. The code stands
// in GET /sandbox/numbers.
func (c *call) postRequestCode() (any, *refusal) {
	in := c.params()
	if bad := check(in, codeRules); bad != nil {
		return nil, bad
	}
	return c.atDesk(func(d *numberDesk, now time.Time) *refusal {
		if d.codeStatus() == "VERIFIED" {
			return &refusal{
				code: 136024, subcode: 2388091, bare: true, message: "(#136024) Request code error", user: "Number is not eligible for a code",
				details: "The number is verified already.",
			}
		}
		n := binary.BigEndian.Uint32(mix(c.s.st.seed, "code", itoa(int(c.s.st.next()))))
		d.Code, d.CodeUntil, d.CodeFailures = fmt.Sprintf("%06d", n%1_000_000), now.Add(codeLife), 0
		return nil
	})
}

// postVerifyCode answers POST /{phone-number-id}/verify_code.
func (c *call) postVerifyCode() (any, *refusal) {
	code := plainText(c.params()["code"])
	if !codeForm.MatchString(code) {
		return nil, paramBad("Param code must be the six digits that were sent.")
	}
	return c.atDesk(func(d *numberDesk, now time.Time) *refusal {
		switch {
		case d.Code == "" || now.After(d.CodeUntil) || d.CodeFailures >= codeGuesses:
			return badCode("There is no code to enter, or it has expired: ask for another one.")
		case digits(code) != d.Code:
			d.CodeFailures++
			return badCode("The code is wrong.")
		}
		d.CodeStatus, d.Code = "VERIFIED", ""
		if d.Status == statusUnverified {
			d.Status = statusPending
		}
		return nil
	})
}

func badCode(details string) *refusal {
	return &refusal{code: 136025, subcode: 2388367, bare: true, message: "(#136025) Verify code error", user: "Code couldn't be verified", details: details}
}

// atDesk runs f with the lock on the desk of the call's number and answers
// success, unless f refuses.
func (c *call) atDesk(f func(d *numberDesk, now time.Time) *refusal) (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := f(s.st.portfolio.desk(c.number.cfg.PhoneNumberID), s.nowLocked())
	s.events.publish("number", s.numberView(c.number))
	s.changed()
	if bad != nil {
		return nil, bad
	}
	return done, nil
}

// postRegister answers POST /{phone-number-id}/register: with two-step
// verification off the PIN sets it, with it on the PIN must be the one.
func (c *call) postRegister() (any, *refusal) {
	in := c.params()
	if bad := check(in, registerRules); bad != nil {
		return nil, bad
	}
	return c.atDesk(func(d *numberDesk, now time.Time) *refusal {
		if bad := d.mayRegister(now); bad != nil {
			return bad
		}
		region := textOf(in["data_localization_region"])
		switch {
		case d.codeStatus() != "VERIFIED":
			return refuse(133006, "The phone number must be verified before it is registered: ask for a code and enter it.")
		case d.status() == statusConnected && d.Region != region && in["data_localization_region"] != nil:
			return paramBad("Param data_localization_region can be changed by deregistering the number and registering it again only.")
		}
		if bad := d.checkPIN(plainText(in["pin"]), now); bad != nil {
			return bad
		}
		first := d.Onboarded.IsZero() && d.Status != ""
		d.PIN, d.Status, d.Onboarded, d.Region = plainText(in["pin"]), statusConnected, now, region
		d.KeyStale = d.Key != ""
		if first {
			c.s.tellQuality(c.number, "ONBOARDING")
		}
		return nil
	})
}

// mayRegister counts a call of register or deregister.
func (d *numberDesk) mayRegister(now time.Time) *refusal {
	d.Registered = recently(d.Registered, now, registrationWindow)
	if len(d.Registered) >= registrations {
		wait := registrationWindow - now.Sub(d.Registered[0])
		return refuse(133016, "The number was registered or deregistered %d times within 72 hours; try again in %s.", registrations, wait.Round(time.Minute))
	}
	d.Registered = append(d.Registered, now)
	return nil
}

// checkPIN compares a PIN with that of two-step verification.
func (d *numberDesk) checkPIN(pin string, now time.Time) *refusal {
	if d.PIN == "" {
		return nil
	}
	d.PINFailures = recently(d.PINFailures, now, pinLock)
	switch n := len(d.PINFailures); {
	case n >= pinGuesses:
		return refuse(133008, "Too many wrong PINs; try again in %s.", (pinLock - now.Sub(d.PINFailures[0])).Round(time.Second))
	case n > 0 && now.Sub(d.PINFailures[n-1]) < pinHaste:
		return refuse(133009, "The PIN was tried too fast; try again in %s.", pinHaste)
	case pin != d.PIN:
		d.PINFailures = append(d.PINFailures, now)
		return refuse(133005, "The PIN is not the one of two-step verification.")
	}
	d.PINFailures = nil
	return nil
}

// postDeregister answers POST /{phone-number-id}/deregister.
func (c *call) postDeregister() (any, *refusal) {
	return c.atDesk(func(d *numberDesk, now time.Time) *refusal {
		switch {
		case d.Coexists:
			return paramBad("A number that is also in the WhatsApp Business app cannot be deregistered.")
		case d.status() != statusConnected:
			return refuse(133010, "The phone number is not registered.")
		}
		if bad := d.mayRegister(now); bad != nil {
			return bad
		}
		d.Status = statusDisconnected
		return nil
	})
}
