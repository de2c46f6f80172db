package mail

import (
	"strings"
	"time"
	"unicode"
)

// words are all that letters say in one language. The names in braces are
// filled in.
type words struct {
	lang string // for HTML and Content-Language

	hello, helloName string // "Hello," and with {name}
	validUntil       string // {moment}
	moment           string // time layout; in UTC, since nobody knows the reader's clock
	once             string
	automatic        string // {address}

	resetSubject, resetWhy, resetButton, resetIgnore string

	inviteSubject string // {house}
	inviteWhy     string // {house}
	inviteBy      string // {house}, {name}
	inviteButton  string
	inviteIgnore  string
}

// languages are those of the web app; the first is for readers whose own is not
// among them.
func languages() []words {
	return []words{
		{
			lang: "en", hello: "Hello,", helloName: "Hello {name},",
			validUntil: "The link works until {moment}.", moment: "2 Jan 2006, 15:04 UTC", once: "It works once.",
			automatic:    "Kontor at {address} sent this letter by itself; nobody reads answers to it.",
			resetSubject: "A new password for Kontor",
			resetWhy:     "Somebody, probably you, asked for a new password for Kontor. This link lets you choose one:",
			resetButton:  "Choose a new password",
			resetIgnore:  "If it was not you, do nothing: your password stays as it is.",

			inviteSubject: "You are invited to Kontor of {house}",
			inviteWhy:     "You are invited to work in Kontor of {house}. This link lets you in:",
			inviteBy:      "{name} invites you to work in Kontor of {house}. This link lets you in:",
			inviteButton:  "Accept the invitation",
			inviteIgnore:  "If you do not know what this is about, do nothing.",
		},
		{
			lang: "de", hello: "Guten Tag,", helloName: "Guten Tag, {name},",
			validUntil: "Der Link gilt bis {moment}.", moment: "02.01.2006, 15:04 UTC", once: "Er gilt einmal.",
			automatic:    "Kontor unter {address} hat diesen Brief von selbst geschickt; Antworten liest niemand.",
			resetSubject: "Ein neues Passwort für Kontor",
			resetWhy:     "jemand, vermutlich Sie selbst, hat um ein neues Passwort für Kontor gebeten. Über diesen Link wählen Sie eines:",
			resetButton:  "Neues Passwort wählen",
			resetIgnore:  "Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.",

			inviteSubject: "Einladung zu Kontor von {house}",
			inviteWhy:     "Sie sind eingeladen, in Kontor von {house} mitzuarbeiten. Dieser Link lässt Sie ein:",
			inviteBy:      "{name} lädt Sie ein, in Kontor von {house} mitzuarbeiten. Dieser Link lässt Sie ein:",
			inviteButton:  "Einladung annehmen",
			inviteIgnore:  "Wenn Sie nicht wissen, worum es geht, tun Sie nichts.",
		},
		{
			lang: "pt-BR", hello: "Olá,", helloName: "Olá, {name},",
			validUntil: "O link vale até {moment}.", moment: "02/01/2006, 15:04 UTC", once: "Ele vale uma vez.",
			automatic:    "O Kontor em {address} enviou esta mensagem automaticamente; ninguém lê as respostas.",
			resetSubject: "Uma nova senha para o Kontor",
			resetWhy:     "Alguém, provavelmente você, pediu uma nova senha para o Kontor. Este link permite escolher uma:",
			resetButton:  "Escolher uma nova senha",
			resetIgnore:  "Se não foi você, não faça nada: sua senha continua como está.",

			inviteSubject: "Convite para o Kontor de {house}",
			inviteWhy:     "Você foi convidado a trabalhar no Kontor de {house}. Este link dá acesso:",
			inviteBy:      "{name} convida você a trabalhar no Kontor de {house}. Este link dá acesso:",
			inviteButton:  "Aceitar o convite",
			inviteIgnore:  "Se você não sabe do que se trata, não faça nada.",
		},
		{
			lang: "zh-CN", hello: "您好！", helloName: "{name}，您好！",
			validUntil: "链接有效期至 {moment}。", moment: "2006年1月2日 15:04 UTC", once: "链接仅可使用一次。",
			automatic:    "本邮件由 {address} 的 Kontor 自动发送，回复无人阅读。",
			resetSubject: "设置新的 Kontor 密码",
			resetWhy:     "有人（很可能是您本人）请求设置新的 Kontor 密码。请通过此链接设置：",
			resetButton:  "设置新密码",
			resetIgnore:  "如果不是您本人操作，请忽略本邮件：您的密码保持不变。",

			inviteSubject: "邀请您加入 {house} 的 Kontor",
			inviteWhy:     "您受邀加入 {house} 的 Kontor 一起工作。请通过此链接进入：",
			inviteBy:      "{name} 邀请您加入 {house} 的 Kontor 一起工作。请通过此链接进入：",
			inviteButton:  "接受邀请",
			inviteIgnore:  "如果您不了解此事，请忽略本邮件。",
		},
	}
}

// wordsOf are those of a language tag: the same one, else the same language
// ("de-AT", "pt", "zh-Hans"), else English.
func wordsOf(tag string) words {
	all := languages()
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, w := range all {
		if strings.EqualFold(w.lang, tag) {
			return w
		}
	}
	for _, w := range all {
		if own, _, _ := strings.Cut(w.lang, "-"); own == base {
			return w
		}
	}
	return all[0]
}

func (w words) greeting(name string) string {
	if name = plain(name); name == "" {
		return w.hello
	}
	return fill(w.helloName, "{name}", name)
}

func (w words) until(moment time.Time) string {
	return fill(w.validUntil, "{moment}", moment.UTC().Format(w.moment))
}

// fill puts values in the place of names, none of them twice: a value that
// looks like a name stays as it is.
func fill(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

// plain is a name on one line, without what would end a header, turn the
// direction of writing or hide. What people call themselves must not shape a letter.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return strings.Join(strings.Fields(name), " ")
}
