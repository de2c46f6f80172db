package main

import (
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"
)

// subscriptionCmd speaks to a running Kontor, since it is that one which
// delivers; an operator who is elsewhere works with it as well.
type subscriptionCmd struct {
	Create    subscriptionCreate    `cmd:"" help:"Have an address told of what happens; prints its id and secret, once."`
	List      subscriptionList      `cmd:"" help:"List subscriptions and how calling them goes."`
	Test      subscriptionTest      `cmd:"" help:"Send a test event and print what came of it."`
	Log       subscriptionLog       `cmd:"" help:"Print what was delivered, newest first."`
	Redeliver subscriptionRedeliver `cmd:"" help:"Deliver again: one delivery, or everything of a span that was given up."`
	Enable    subscriptionEnable    `cmd:"" help:"Let a failing or paused subscription go on at once."`
	Rotate    subscriptionRotate    `cmd:"" help:"Give a subscription a new secret and print it, once."`
	Delete    subscriptionDelete    `cmd:"" help:"End a subscription."`
}

type subscriptionShape struct {
	ID, URL, Dialect, State, Secret string
	Events                          []string
	Pending, Dead                   int64
	LastError                       string `json:"last_error"`
}

type subscriptionCreate struct {
	client
	URL         string   `arg:"" help:"The address to call."`
	Dialect     string   `help:"kontor (Standard Webhooks) or cloud-api (as Meta calls)." default:"kontor"`
	Events      []string `help:"Which events, as message.*,conversation.closed; default: all." placeholder:"EVENT"`
	Number      string   `help:"Only of this business number: its id at Meta." placeholder:"ID"`
	Secret      string   `help:"What to sign with; default: one is made." env:"KONTOR_SUBSCRIPTION_SECRET" placeholder:"TEXT"`
	VerifyToken string   `help:"Ask the address by Meta's handshake with this word first." placeholder:"TEXT"`
	Name        string   `help:"What you call it."`
}

func (c subscriptionCreate) Run(e *env) error {
	in := map[string]any{"url": c.URL, "dialect": c.Dialect}
	for member, text := range map[string]string{"phone_number_id": c.Number, "secret": c.Secret, "verify_token": c.VerifyToken, "name": c.Name} {
		if text != "" {
			in[member] = text
		}
	}
	if len(c.Events) > 0 {
		in["events"] = c.Events
	}
	var s subscriptionShape
	if err := c.post(e.ctx, "subscriptions", "", in, &s); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s\nsecret: %s\n", s.ID, s.Secret)
	return err
}

type subscriptionList struct{ client }

func (c subscriptionList) Run(e *env) error {
	var page struct{ Data []subscriptionShape }
	if err := c.get(e.ctx, "subscriptions?limit=100", &page); err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tDIALECT\tSTATE\tWAITING\tGIVEN UP\tLAST ERROR\tADDRESS")
	for _, s := range page.Data {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", s.ID, s.Dialect, s.State, s.Pending, s.Dead, s.LastError, s.URL)
	}
	return w.Flush()
}

// deliveryLine is a delivery as these commands print it.
type deliveryLine struct {
	ID, Event, Detail, State, Error string
	Attempts                        int
	ResponseStatus                  int       `json:"response_status"`
	DurationMS                      int64     `json:"duration_ms"`
	At                              time.Time `json:"at"`
}

type subscriptionTest struct {
	client
	ID string `arg:"" help:"The subscription: sub_…."`
}

func (c subscriptionTest) Run(e *env) error {
	var d deliveryLine
	if err := c.post(e.ctx, "subscriptions/"+url.PathEscape(c.ID)+"/test", "", map[string]any{}, &d); err != nil {
		return err
	}
	if d.State != "delivered" {
		return fmt.Errorf("the address did not take the test event: %s (HTTP %d, %d ms)", d.Error, d.ResponseStatus, d.DurationMS)
	}
	_, err := fmt.Fprintf(e.out, "The address took the test event: HTTP %d, %d ms.\n", d.ResponseStatus, d.DurationMS)
	return err
}

type subscriptionLog struct {
	client
	ID    string `arg:"" help:"The subscription: sub_…."`
	State string `help:"Only pending, delivered or dead ones." placeholder:"STATE"`
	Last  int    `help:"How many; at most 100." default:"20" placeholder:"N"`
}

func (c subscriptionLog) Run(e *env) error {
	q := url.Values{"limit": {fmt.Sprint(c.Last)}}
	if c.State != "" {
		q.Set("state", c.State)
	}
	var page struct{ Data []deliveryLine }
	if err := c.get(e.ctx, "subscriptions/"+url.PathEscape(c.ID)+"/deliveries?"+q.Encode(), &page); err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tHAPPENED\tEVENT\tSTATE\tTRIES\tHTTP\tERROR")
	for _, d := range page.Data {
		event := d.Event
		if d.Detail != "" {
			event += " " + d.Detail
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", d.ID, d.At.Format(time.RFC3339), event, d.State, d.Attempts, d.ResponseStatus, d.Error)
	}
	return w.Flush()
}

type subscriptionRedeliver struct {
	client
	ID        string    `arg:"" help:"The subscription: sub_…."`
	Delivery  string    `arg:"" optional:"" help:"One delivery: dlv_…."`
	Since     time.Time `help:"Instead: all that were given up since this moment (2026-11-20T08:00:00Z)." format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME"`
	Delivered bool      `help:"With --since: also what was delivered."`
}

func (c subscriptionRedeliver) Run(e *env) error {
	path := "subscriptions/" + url.PathEscape(c.ID)
	if c.Delivery != "" {
		var d deliveryLine
		if err := c.post(e.ctx, path+"/deliveries/"+url.PathEscape(c.Delivery)+"/redeliver", "", map[string]any{}, &d); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.out, "1 delivery is sent again.")
		return err
	}
	if c.Since.IsZero() {
		return fmt.Errorf("name a delivery (dlv_…), or a moment with --since")
	}
	var sum struct{ Redelivered int }
	if err := c.post(e.ctx, path+"/redeliver", "", map[string]any{"since": c.Since, "include_delivered": c.Delivered}, &sum); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%d deliveries are sent again.\n", sum.Redelivered)
	return err
}

type subscriptionEnable struct {
	client
	ID string `arg:"" help:"The subscription: sub_…."`
}

func (c subscriptionEnable) Run(e *env) error {
	var s subscriptionShape
	if err := c.post(e.ctx, "subscriptions/"+url.PathEscape(c.ID)+"/enable", "", map[string]any{}, &s); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s is %s.\n", s.ID, s.State)
	return err
}

type subscriptionRotate struct {
	client
	ID      string `arg:"" help:"The subscription: sub_…."`
	Overlap int    `help:"Hours for which the dialect kontor signs with the old secret too." default:"24" placeholder:"HOURS"`
}

func (c subscriptionRotate) Run(e *env) error {
	var s subscriptionShape
	if err := c.post(e.ctx, "subscriptions/"+url.PathEscape(c.ID)+"/secret", "", map[string]any{"overlap_hours": c.Overlap}, &s); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e.out, "secret:", s.Secret)
	return err
}

type subscriptionDelete struct {
	client
	ID string `arg:"" help:"The subscription: sub_…."`
}

func (c subscriptionDelete) Run(e *env) error {
	return c.do(e.ctx, http.MethodDelete, "subscriptions/"+url.PathEscape(c.ID), "", "", nil, nil)
}
