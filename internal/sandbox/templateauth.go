package sandbox

import (
	"slices"
	"strings"
)

// authText is Meta's text of authentication templates in one language.
type authText struct {
	code, security, expires, copy, autofill string
}

// authWords are data; languages that are not here get English. Never changed.
var authWords = map[string]authText{
	"en":    {"*{{1}}* is your verification code.", "For your security, do not share this code.", "This code expires in %d minutes.", "Copy code", "Autofill"},
	"de":    {"Dein Verifizierungscode lautet *{{1}}*.", "Gib diesen Code zu deiner Sicherheit nicht weiter.", "Dieser Code läuft in %d Minuten ab.", "Code kopieren", "Automatisch ausfüllen"},
	"es":    {"Tu código de verificación es *{{1}}*.", "Por tu seguridad, no lo compartas.", "Este código caduca en %d minutos.", "Copiar código", "Autocompletar"},
	"fr":    {"Votre code de vérification est *{{1}}*.", "Pour votre sécurité, ne le partagez pas.", "Ce code expire dans %d minutes.", "Copier le code", "Remplir automatiquement"},
	"it":    {"Il tuo codice di verifica è *{{1}}*.", "Per la tua sicurezza, non condividere questo codice.", "Questo codice scade tra %d minuti.", "Copia codice", "Compilazione automatica"},
	"pt_BR": {"Seu código de verificação é *{{1}}*.", "Para sua segurança, não o compartilhe.", "Este código expira em %d minutos.", "Copiar código", "Preencher automaticamente"},
	"zh_CN": {"*{{1}}* 是您的验证码。", "为安全起见，请勿分享此验证码。", "此验证码将于 %d 分钟后过期。", "复制验证码", "自动填充"},
}

// authTextFor finds the texts of a language.
func authTextFor(language string) authText {
	if t, ok := authWords[language]; ok {
		return t
	}
	base, _, _ := strings.Cut(language, "_")
	if t, ok := authWords[base]; ok {
		return t
	}
	return authWords["en"]
}

// body is the text of the message.
func (a authText) body(security bool) string {
	if security {
		return a.code + " " + a.security
	}
	return a.code
}

// footer tells when the code expires; "" when it does not say.
func (a authText) footer(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return strings.ReplaceAll(a.expires, "%d", itoa(minutes))
}

// authTexts fills in Meta's texts. Texts of one's own are refused.
func (t *Template) authTexts() *refusal {
	words := authTextFor(t.Language)
	for i := range t.Components {
		c := &t.Components[i]
		switch c.Type {
		case "BODY":
			if c.Text != "" {
				return badTemplate(subBody, "Body format incorrect", "components%s.text: the text of an authentication template is Meta's own", index(i))
			}
			c.Text = words.body(c.AddSecurityRecommendation != nil && *c.AddSecurityRecommendation)
		case "FOOTER":
			switch {
			case c.Text != "":
				return badTemplate(subFooter, "Footer format incorrect", "components%s.text: the text of an authentication template is Meta's own", index(i))
			case c.CodeExpirationMinutes < 1 || c.CodeExpirationMinutes > 90:
				return paramBad("Param components%s['code_expiration_minutes'] must be between 1 and 90 - got %d.", index(i), c.CodeExpirationMinutes)
			}
			c.Text = words.footer(c.CodeExpirationMinutes)
		case "BUTTONS":
			for j := range c.Buttons {
				b := &c.Buttons[j]
				if b.Type == "OTP" {
					b.Text = or(b.Text, words.copy)
					if b.OTPType == "ONE_TAP" {
						b.AutofillText = or(b.AutofillText, words.autofill)
					}
				}
			}
		}
	}
	return nil
}

// previewTemplates answers GET /{waba-id}/message_template_previews.
func (c *call) previewTemplates() (any, *refusal) {
	in := c.params()
	if category := strings.ToUpper(textOf(in["category"])); category != "AUTHENTICATION" {
		return nil, paramOneOf("category", []string{"AUTHENTICATION"}, category)
	}
	languages := namesOf(in["languages"])
	if len(languages) == 0 {
		languages = templateLanguages
	}
	kinds := namesOf(in["button_types"])
	if len(kinds) == 0 {
		kinds = []string{"OTP"}
	}
	minutes, _ := number64(plainText(in["code_expiration_minutes"]))
	security := plainText(in["add_security_recommendation"]) == "true"
	data := []any{}
	for _, language := range languages {
		if !slices.Contains(templateLanguages, language) {
			return nil, paramOneOf("languages", templateLanguages, language)
		}
		words := authTextFor(language)
		one := map[string]any{"language": language, "body": words.body(security)}
		if slices.Contains(kinds, "OTP") {
			one["buttons"] = []any{map[string]any{"text": words.copy, "autofill_text": words.autofill}}
		}
		if footer := words.footer(int(minutes)); footer != "" {
			one["footer"] = footer
		}
		data = append(data, one)
	}
	return map[string]any{"data": data}, nil
}

// upsertTemplates answers POST /{waba-id}/upsert_message_templates: one
// authentication template in several languages, made or replaced.
func (c *call) upsertTemplates() (any, *refusal) {
	in := c.params()
	languages := namesOf(in["languages"])
	switch {
	case textOf(in["name"]) == "":
		return nil, paramMissing("name")
	case len(languages) == 0:
		return nil, paramMissing("languages")
	case !strings.EqualFold(textOf(in["category"]), "AUTHENTICATION"):
		return nil, paramOneOf("category", []string{"AUTHENTICATION"}, textOf(in["category"]))
	}
	c.note = textOf(in["name"])
	var all []*Template
	for _, language := range languages {
		in["language"] = language
		t, bad := readTemplate(in)
		if bad == nil {
			t.Account = c.account.id
			bad = checkNew(t)
		}
		if bad != nil {
			return nil, bad
		}
		all = append(all, t)
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	data := []any{}
	for _, t := range all {
		if bad := c.s.upsert(t); bad != nil {
			return nil, bad
		}
		data = append(data, map[string]any{"id": t.ID, "status": t.Status, "language": t.Language})
	}
	c.s.changed()
	return map[string]any{"data": data}, nil
}

// upsert puts t into the catalogue, in the place of the one with its name and
// language when there is one; the caller holds mu.
func (s *Sandbox) upsert(t *Template) *refusal {
	old := s.st.templateNamed(t.Account, t.Name, t.Language)
	if old == nil {
		if bad := s.room(t); bad != nil {
			return bad
		}
		s.place(t)
		return nil
	}
	if old.Category != "AUTHENTICATION" {
		return badTemplate(subExists, "Content in this language already exists", "Template %q in %s is of category %s.", t.Name, t.Language, old.Category)
	}
	t.ID, t.Quality = old.ID, old.Quality
	return s.edit(old, t)
}
