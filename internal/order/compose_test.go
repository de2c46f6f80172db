package order

import (
	"testing"
	"time"
)

func TestLanguageIsChosen(t *testing.T) {
	have := []string{"de", "en_US", "pt_BR", "pt_PT", "zh_CN"}
	s := Settings{DefaultLanguage: "en_US"}
	for _, c := range []struct{ order, contact, want string }{
		{"de", "", "de"}, {"de_AT", "pt_BR", "de"}, {"", "pt-br", "pt_BR"}, {"pt", "", "pt_BR"}, {"pt-PT", "", "pt_PT"},
		{"zh-TW", "", "zh_CN"}, {"fr", "", "en_US"}, {"", "", "en_US"}, {"en", "", "en_US"},
	} {
		if got, ok := choose(s.languages(c.order, c.contact), have); !ok || got != c.want {
			t.Errorf("order %q, contact %q: got %q, want %q", c.order, c.contact, got, c.want)
		}
	}
	if got, ok := choose(s.languages("fr", ""), []string{"de"}); ok {
		t.Errorf("got %q where there is neither French nor the default, want none", got)
	}
}

func TestReminderKeepsTheTimeOfDay(t *testing.T) {
	s := Defaults()
	s.TimeZone = "Europe/Berlin"
	// Clocks go back in the night to 25 October 2026.
	appointment, err := parseTime("2026-10-25T09:00", s.location())
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 10, 25, 8, 0, 0, 0, time.UTC); !appointment.Equal(want) {
		t.Errorf("got the appointment at %v, want %v", appointment, want)
	}
	if got, want := s.remindAt(appointment), time.Date(2026, 10, 24, 7, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got a reminder at %v, want %v: nine o'clock the day before", got, want)
	}
	s.Reminder.LeadMinutes = 90
	if got, want := s.remindAt(appointment), appointment.Add(-90*time.Minute); !got.Equal(want) {
		t.Errorf("got a reminder at %v, want %v", got, want)
	}
}

func TestDefaultsAreValid(t *testing.T) {
	s := Defaults()
	if err := s.check(); err != nil {
		t.Error(err)
	}
	for i, wrong := range []func(*Settings){
		func(s *Settings) { s.Statuses = nil }, func(s *Settings) { s.Statuses[1].Key = "received" }, func(s *Settings) { s.Statuses[0].Key = "No key" },
		func(s *Settings) { s.Statuses[0].Message.Template = "" }, func(s *Settings) { s.Statuses[0].Message.Body = []string{"{{colour}}"} },
		func(s *Settings) { s.Reminder.LeadMinutes = 1 }, func(s *Settings) { s.TimeZone = "Local" }, func(s *Settings) { s.DefaultLanguage = "?" },
	} {
		s := Defaults()
		wrong(&s)
		if s.check() == nil {
			t.Errorf("settings %d: got no complaint", i)
		}
	}
}
