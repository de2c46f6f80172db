package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// qrMany is how many codes a number may have (cloud-api.md 4.4).
const qrMany = 2000

// qrCode is a short link with a text (cloud-api.md 6.6).
type qrCode struct {
	Code   string `json:"code"`
	Text   string `json:"prefilled_message"`
	Format string `json:"format,omitempty"` // of the image, when one was asked for
}

var qrRules = []rule{
	{path: "prefilled_message", kind: text, need: true, min: 1, max: 140},
	{path: "generate_qr_image", kind: text, oneOf: []string{"SVG", "PNG"}},
	{path: "code", kind: text, min: 1},
}

const qrLink = "https://wa.me/message/"

// object is the code as Graph shows it; format, when given, adds the image.
func (c *call) qrObject(q qrCode, format string) map[string]any {
	o := map[string]any{"code": q.Code, "prefilled_message": q.Text, "deep_link_url": qrLink + q.Code}
	if format != "" {
		o["qr_image_url"] = c.s.base(c.r) + "/sandbox/numbers/" + c.number.cfg.PhoneNumberID + "/qr/" + q.Code + "?format=" + strings.ToLower(format)
	}
	return o
}

// imageFormat is what fields=qr_image_url.format(PNG) asks for, "" for no image.
func (c *call) imageFormat() string {
	asked := strings.ToUpper(c.query.Get("fields"))
	switch {
	case strings.Contains(asked, "QR_IMAGE_URL.FORMAT(SVG)"):
		return "SVG"
	case strings.Contains(asked, "QR_IMAGE_URL"):
		return "PNG"
	}
	return ""
}

// qrChosen keeps the fields asked for.
func (c *call) qrChosen(q qrCode) map[string]any {
	format := c.imageFormat()
	return choose(c.qrObject(q, format), parseFields(c.query.Get("fields")), "code", "prefilled_message", "deep_link_url")
}

// listQR answers GET /{phone-number-id}/message_qrdls, the newest first.
func (c *call) listQR() (any, *refusal) {
	want := c.query.Get("code")
	c.s.mu.Lock()
	var all []map[string]any
	for _, q := range slices.Backward(c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID).Codes) {
		if want == "" || q.Code == want {
			all = append(all, c.qrChosen(q))
		}
	}
	c.s.mu.Unlock()
	return answerOf(paged(c, all))
}

// getQR answers GET /{phone-number-id}/message_qrdls/{code}.
func (c *call) getQR() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	q := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID).code(c.rest[0])
	if q == nil {
		return nil, unknownCode(c.rest[0])
	}
	return map[string]any{"data": []any{c.qrChosen(*q)}}, nil
}

func unknownCode(code string) *refusal { return paramBad("There is no QR code %q.", clip(code)) }

// code finds a code of the number; the caller holds mu.
func (d *numberDesk) code(code string) *qrCode {
	i := slices.IndexFunc(d.Codes, func(q qrCode) bool { return q.Code == code })
	if i < 0 {
		return nil
	}
	return &d.Codes[i]
}

// postQR answers POST /{phone-number-id}/message_qrdls: a new code or, with
// code, another text for one.
func (c *call) postQR() (any, *refusal) {
	in := c.params()
	if len(c.rest) == 1 {
		in["code"] = c.rest[0]
	}
	if bad := check(in, qrRules); bad != nil {
		return nil, bad
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	message, format := textOf(in["prefilled_message"]), textOf(in["generate_qr_image"])
	if code := textOf(in["code"]); code != "" {
		q := d.code(code)
		if q == nil {
			return nil, unknownCode(code)
		}
		q.Text = message
		s.changed()
		return c.qrObject(*q, or(format, q.Format)), nil
	}
	if len(d.Codes) >= qrMany {
		return nil, paramBad("The phone number has %d QR codes, more are not allowed.", qrMany)
	}
	q := qrCode{Code: newCode(s.st), Text: message, Format: format}
	d.Codes = append(slices.Clone(d.Codes), q)
	s.changed()
	return c.qrObject(q, format), nil
}

// newCode is a code of a QR link: fourteen capital letters and digits.
func newCode(st *state) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	sum := mix(st.seed, "qr", itoa(int(st.next())))
	b := make([]byte, 14)
	for i := range b {
		b[i] = letters[sum[i]%32]
	}
	return string(b)
}

// deleteQR answers DELETE /{phone-number-id}/message_qrdls/{code}.
func (c *call) deleteQR() (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	if d.code(c.rest[0]) == nil {
		return nil, unknownCode(c.rest[0])
	}
	d.Codes = slices.DeleteFunc(slices.Clone(d.Codes), func(q qrCode) bool { return q.Code == c.rest[0] })
	s.changed()
	return done, nil
}

// getQRImage answers GET /sandbox/numbers/{id}/qr/{code}: the image behind
// qr_image_url, without a token.
func (s *Sandbox) getQRImage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var q *qrCode
	if d := s.st.portfolio.Desks[r.PathValue("id")]; d != nil {
		q = d.code(r.PathValue("code"))
	}
	s.mu.Unlock()
	if q == nil {
		problem(w, http.StatusNotFound, "unknown_code", "the number has no such QR code")
		return
	}
	draw, kind := qrPNG, "image/png"
	if r.URL.Query().Get("format") == "svg" {
		draw, kind = qrSVG, "image/svg+xml"
	}
	body, err := draw(qrLink + q.Code)
	if err != nil {
		problem(w, http.StatusInternalServerError, "internal", "the image cannot be drawn")
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(body)
}
