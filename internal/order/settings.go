package order

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
	_ "time/tzdata" // a container may know no time zones
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Settings are how a workspace tells its customers about their orders.
type Settings struct {
	Statuses        []StatusRule  `json:"statuses" minItems:"1" maxItems:"50" nullable:"false" doc:"Which statuses an order may have, in the order of work."`
	Appointment     *Wording      `json:"appointment,omitempty" doc:"What to say when an appointment is made or moved; nothing when it is left out."`
	Reminder        *ReminderRule `json:"reminder,omitempty" doc:"The reminder before an appointment; none when it is left out."`
	TimeZone        string        `json:"time_zone" maxLength:"64" doc:"In which appointments are read and written, as Europe/Berlin." example:"Europe/Berlin"`
	DefaultLanguage string        `json:"default_language" minLength:"2" maxLength:"15" doc:"For customers whose language has no template." example:"en_US"`
	FreeText        bool          `json:"free_text" doc:"Whether to send the text instead of the template while the customer service window is open; a text costs nothing then."`
}

// StatusRule is a status and what the customer is told when an order gets it.
type StatusRule struct {
	Key     string            `json:"key" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9_]*$" doc:"Its name for programs." example:"in_progress"`
	Labels  map[string]string `json:"labels,omitempty" doc:"What customers call it, by language: the value of {{status}}."`
	Message *Wording          `json:"message,omitempty" doc:"What to say; nothing when it is left out."`
	Closes  bool              `json:"closes,omitempty" doc:"Whether an order with this status is closed."`
}

// Wording is a message to a customer. Values and texts may hold {{order}},
// {{status}}, {{customer}}, {{technician}}, {{appointment}}, {{date}}, {{time}}
// and {{field.NAME}}.
type Wording struct {
	Template string            `json:"template" maxLength:"512" doc:"Name of the template; its language is chosen by the customer." example:"order_status_update"`
	Header   []string          `json:"header,omitempty" maxItems:"1" doc:"Value of the header's variable."`
	Body     []string          `json:"body,omitempty" maxItems:"20" doc:"Values of the body's variables, in order: fixed words and {{order}}, {{status}}, {{customer}}, {{technician}}, {{appointment}}, {{date}}, {{time}}, {{field.NAME}}."`
	Texts    map[string]string `json:"texts,omitempty" doc:"The same as free text, by language."`
}

// ReminderRule is the reminder of an appointment.
type ReminderRule struct {
	Wording
	LeadMinutes int `json:"lead_minutes" minimum:"5" maximum:"43200" doc:"How long before the appointment. Whole days keep the time of day when the clocks change."`
}

// Defaults are the settings that are built in: the four statuses and the
// reminder of S3, with the names and variables of its templates.
func Defaults() Settings {
	update := func(en, de, pt, zh string) *Wording {
		return &Wording{Template: "order_status_update", Body: []string{"{{order}}", "{{status}}"}, Texts: map[string]string{
			"en": "Order #{{order}}: " + en, "de": "Auftrag #{{order}}: " + de, "pt_BR": "Pedido #{{order}}: " + pt, "zh_CN": "订单 #{{order}}: " + zh}}
	}
	label := func(en, de, pt, zh string) map[string]string {
		return map[string]string{"en": en, "de": de, "pt_BR": pt, "zh_CN": zh}
	}
	return Settings{
		Statuses: []StatusRule{
			{Key: "received", Labels: label("received", "angenommen", "recebido", "已收到"), Message: update("we have received your repair order and are assigning a technician.",
				"wir haben Ihren Reparaturauftrag erhalten und teilen ihn einem Techniker zu.", "recebemos seu pedido de reparo e estamos designando um técnico.", "我们已收到您的维修订单，正在安排技术员处理。")},
			{Key: "in_progress", Labels: label("in progress", "in Arbeit", "em andamento", "维修中"), Message: update("your device is being repaired; we will keep you informed.",
				"Ihr Gerät wird repariert; wir halten Sie auf dem Laufenden.", "seu aparelho está em reparo; manteremos você informado.", "您的设备正在维修中，我们会及时更新进度。")},
			{Key: "completed", Labels: label("completed", "fertig", "concluído", "已完成"), Message: update("the repair is finished; please collect your device.",
				"die Reparatur ist fertig; bitte holen Sie Ihr Gerät ab.", "o reparo foi concluído; retire seu aparelho.", "维修已完成，请您取件。")},
			{Key: "ready_for_pickup", Labels: label("ready for pickup", "abholbereit", "pronto para retirada", "可以取件"), Message: update("your device is ready; come by at any time during opening hours.",
				"Ihr Gerät liegt bereit; kommen Sie jederzeit während der Öffnungszeiten vorbei.", "seu aparelho está pronto; venha a qualquer momento no horário de atendimento.", "您的设备已准备好取件，营业时间内随时可来。")},
		},
		Reminder: &ReminderRule{LeadMinutes: 24 * 60, Wording: Wording{Template: "appointment_reminder", Body: []string{"{{appointment}}", "{{field.device_model}}"}, Texts: map[string]string{
			"en": "Reminder: your appointment for order #{{order}} is on {{appointment}}.", "de": "Erinnerung: Ihr Termin zum Auftrag #{{order}} ist am {{appointment}}.",
			"pt_BR": "Lembrete: seu atendimento do pedido #{{order}} é em {{appointment}}.", "zh_CN": "提醒：订单 #{{order}} 的预约时间为 {{appointment}}。"}}},
		TimeZone: "UTC", DefaultLanguage: "en_US",
	}
}

var (
	keyForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_.\-]+)\s*\}\}`)
	known    = []string{"order", "status", "customer", "technician", "appointment", "date", "time"}
)

const (
	maxText  = 4096
	maxValue = 1024
)

// check answers everything that is wrong with settings.
func (s *Settings) check() error {
	var wrong []fault.Field
	add := func(name, detail string) { wrong = append(wrong, fault.Field{Name: name, Detail: detail}) }
	if len(s.Statuses) == 0 || len(s.Statuses) > 50 {
		add("statuses", "needs 1 to 50 statuses.")
	}
	seen := map[string]bool{}
	for i, r := range s.Statuses {
		at := fmt.Sprintf("statuses[%d]", i)
		if !keyForm.MatchString(r.Key) {
			add(at+".key", "is made of lower-case letters, digits and underscores, a letter first, 40 at most.")
		}
		if seen[r.Key] {
			add(at+".key", "is there twice.")
		}
		seen[r.Key] = true
		for _, language := range slices.Sorted(maps.Keys(r.Labels)) {
			if n := utf8.RuneCountInString(r.Labels[language]); n == 0 || n > 60 {
				add(at+".labels."+language, "needs 1 to 60 characters.")
			}
		}
		r.Message.check(at+".message", add)
	}
	s.Appointment.check("appointment", add)
	if r := s.Reminder; r != nil {
		r.Wording.check("reminder", add)
		if r.LeadMinutes < 5 || r.LeadMinutes > 43200 {
			add("reminder.lead_minutes", "is 5 minutes to 30 days (43200).")
		}
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		add("time_zone", "is no time zone: write it as Europe/Berlin or UTC.")
	}
	if !languageForm.MatchString(s.DefaultLanguage) {
		add("default_language", "is no language code: write it as en_US or de.")
	}
	if len(wrong) > 0 {
		return fault.Wrong("invalid_order_settings", wrong...)
	}
	return nil
}

func (w *Wording) check(at string, add func(name, detail string)) {
	if w == nil {
		return
	}
	if w.Template == "" {
		add(at+".template", "names no template: without one nothing can be said outside the customer service window.")
	}
	if len(w.Header) > 1 || len(w.Body) > 20 {
		add(at+".body", "has too many values: at most one for the header and 20 for the body.")
	}
	pattern := func(name, text string, most int) {
		if n := utf8.RuneCountInString(text); n == 0 || n > most {
			add(name, fmt.Sprintf("needs 1 to %d characters.", most))
		}
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, m[1]) && !fieldForm.MatchString(m[1]) {
				add(name, "has a variable that there is none of: take order, status, customer, technician, appointment, date, time or field.NAME.")
			}
		}
	}
	for i, v := range w.Header {
		pattern(fmt.Sprintf("%s.header[%d]", at, i), v, 60)
	}
	for i, v := range w.Body {
		pattern(fmt.Sprintf("%s.body[%d]", at, i), v, maxValue)
	}
	for _, language := range slices.Sorted(maps.Keys(w.Texts)) {
		pattern(at+".texts."+language, w.Texts[language], maxText)
	}
}

func (s *Settings) status(key string) *StatusRule {
	for i := range s.Statuses {
		if s.Statuses[i].Key == key {
			return &s.Statuses[i]
		}
	}
	return nil
}

// location is the workspace's time zone, which was checked when it was saved.
func (s *Settings) location() *time.Location {
	l, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return l
}

// remindAt is when to remind of an appointment. Whole days are counted by the
// calendar, so that the time of day stays when the clocks change.
func (s *Settings) remindAt(appointment time.Time) time.Time {
	lead := s.Reminder.LeadMinutes
	days, minutes := lead/(24*60), lead%(24*60)
	return appointment.In(s.location()).AddDate(0, 0, -days).Add(-time.Duration(minutes) * time.Minute).UTC()
}

// settings are those of a workspace, or the built-in ones.
func (b *Book) settings(tx txn.Tx, ws wa.WorkspaceID) (Settings, error) {
	s, found, err := b.Store.Settings(tx, ws)
	if err == nil && !found {
		s = Defaults()
	}
	return s, err
}

// Settings returns how a workspace tells customers about orders.
func (b *Book) Settings(ctx context.Context, ws wa.WorkspaceID) (s Settings, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		s, err = b.settings(tx, ws)
		return err
	})
	return s, err
}

// SetSettings replaces them. Its fault is Invalid "invalid_order_settings".
// Reminders that are scheduled already keep their time.
func (b *Book) SetSettings(ctx context.Context, ws wa.WorkspaceID, s Settings) (Settings, error) {
	if err := s.check(); err != nil {
		return s, err
	}
	return s, b.Runner.Write(ctx, func(tx txn.Tx) error { return b.Store.SaveSettings(tx, ws, s, b.Now()) })
}
