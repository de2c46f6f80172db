package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"kontor/internal/config"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/txn"
)

func TestLimitsFollowTheSettings(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	l := limits(&config.Config{WebhookDays: 7, FactDays: 90}, now)
	if want := now.AddDate(0, 0, -7); !l.Webhooks.Equal(want) {
		t.Errorf("webhooks: got %v, want %v", l.Webhooks, want)
	}
	if want := now.AddDate(0, 0, -90); !l.Facts.Equal(want) {
		t.Errorf("facts: got %v, want %v", l.Facts, want)
	}
	if !l.Quarantine.IsZero() {
		t.Errorf("quarantine: got %v, want for ever", l.Quarantine)
	}
	if l := limits(&config.Config{}, now); !l.Webhooks.Equal(now) || !l.Facts.IsZero() {
		t.Errorf("got %+v, want no webhooks and all facts", l)
	}
}

func TestTheSweepRunsAndComesAgainTomorrow(t *testing.T) {
	c, err := config.Load(config.Flags{}, []string{"KONTOR_DATA=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	a, err := New(ctx, Options{Config: c, Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	now := time.Now()
	err = a.store.Write(ctx, func(tx txn.Tx) error {
		old := &inbox.Raw{Body: []byte("old"), ReceivedAt: now.Add(-8 * 24 * time.Hour)}
		young := &inbox.Raw{Body: []byte("young"), ReceivedAt: now.Add(-6 * 24 * time.Hour)}
		for _, raw := range []*inbox.Raw{old, young} {
			if err := a.store.Inbox().KeepRaws(tx, []*inbox.Raw{raw}); err != nil {
				return err
			}
		}
		if err := a.sweepLater(tx); err != nil {
			return err
		}
		return a.jobs.Enqueue(tx, jobs.Job{Kind: workSweep, Subject: sweepSubject, Due: now}) // today's
	})
	if err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithTimeout(ctx, 20*time.Second)
	done := make(chan error, 1)
	go func() { done <- a.jobs.Run(run) }()
	for run.Err() == nil && !(a.next(t, now.Add(25*time.Hour)) && !a.next(t, now.Add(23*time.Hour))) {
	}
	late := run.Err()
	stop()
	if err := <-done; err != nil || late != nil {
		t.Fatalf("got %v, %v; want a sweep that is done and due tomorrow", err, late)
	}
	raws, err := a.Inbox.Raws(ctx, inbox.Span{Limit: 10})
	if err != nil || len(raws) != 1 || string(raws[0].Body) != "young" {
		t.Errorf("got %d webhooks, %v, want the young one alone", len(raws), err)
	}
}

// next tells whether a sweep waits that is due by then.
func (a *App) next(t *testing.T, then time.Time) (due bool) {
	t.Helper()
	err := a.store.Read(context.Background(), func(tx txn.Tx) (err error) {
		due, err = a.store.Jobs().Due(tx, []jobs.Kind{workSweep}, then)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return due
}
