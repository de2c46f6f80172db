package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"kontor/internal/facade/onprem"
	"kontor/internal/fault"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// OnPremSource is an On-Premises client that still answers.
type OnPremSource struct {
	URL      string // without a slash at the end
	Username string
	Password wa.Secret
	Insecure bool // its certificate is taken as it is
}

// OnPremImport is what came of an import.
type OnPremImport struct {
	Taken   []string // keys that were set
	Refused []string // keys with the reason why not
	Without []string // keys that were set and do nothing here
	Backup  bool     // a whole backup of Kontor's was restored
	Users   int
}

// Lines tell it to people.
func (r OnPremImport) Lines() []string {
	if r.Backup {
		return []string{fmt.Sprintf("The backup was restored: %d users and all documents.", r.Users)}
	}
	out := []string{fmt.Sprintf("Taken over: %s.", orNone(r.Taken))}
	for _, line := range r.Without {
		out = append(out, "Without effect here: "+line)
	}
	for _, line := range r.Refused {
		out = append(out, "Not taken: "+line)
	}
	return append(out, "Users and their passwords cannot be read from the old client: make them with POST /v1/users.")
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// importTime bounds an import from a live client.
const importTime = time.Minute

// ImportOnPremLive logs in to an old client and takes its settings over.
func (a *App) ImportOnPremLive(ctx context.Context, f premises.Facade, from OnPremSource) (OnPremImport, error) {
	ctx, cancel := context.WithTimeout(ctx, importTime)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: from.Insecure, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}} //nolint:gosec // the operator says so
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, from.URL+"/v1/users/login", nil)
	if err != nil {
		return OnPremImport{}, err
	}
	r.SetBasicAuth(from.Username, from.Password.Reveal())
	var login struct{ Users []struct{ Token string } }
	if err := ask(client, r, &login); err != nil {
		return OnPremImport{}, err
	}
	if len(login.Users) == 0 {
		return OnPremImport{}, errNoClient(errors.New("the login answered no token"))
	}
	read := func(path string, into any) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, from.URL+path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+login.Users[0].Token)
		return ask(client, r, into)
	}
	var settings, providers struct {
		Settings struct{ Application map[string]any }
	}
	if err := read("/v1/settings/application", &settings); err != nil {
		return OnPremImport{}, err
	}
	if settings.Settings.Application == nil {
		return OnPremImport{}, errNoClient(errors.New("it told no settings"))
	}
	missing := read("/v1/settings/application/media/providers", &providers) // older ones have none
	report, err := a.importAll(ctx, f, settings.Settings.Application, providers.Settings.Application)
	if err == nil && missing != nil {
		report.Refused = append(report.Refused, "media providers: the old client did not tell them; add them with POST /v1/settings/application/media/providers")
	}
	return report, err
}

// importAll takes over what answers of settings/application, and of its media
// providers, hold.
func (a *App) importAll(ctx context.Context, f premises.Facade, answers ...map[string]any) (report OnPremImport, err error) {
	for _, in := range answers {
		if err := a.importSettings(ctx, f, in, &report); err != nil {
			return report, err
		}
		list, there := valueAt(in, "media.providers")
		if !there {
			continue
		}
		taken, refused, err := onprem.TakeProviders(ctx, a.Premises, f, list)
		if err != nil {
			return report, err
		}
		for _, name := range taken {
			report.Taken = append(report.Taken, "media provider "+name)
		}
		report.Refused = append(report.Refused, refused...)
	}
	slices.Sort(report.Taken)
	return report, a.onpremChanged(ctx, f)
}

func errNoClient(cause error) error {
	return fault.New(fault.Unavailable, "onprem_client", "The old client did not answer as one; nothing was changed.", "Check the address, the user and the password; --insecure takes a self-signed certificate.").Because(cause)
}

func ask(client *http.Client, r *http.Request, into any) error {
	resp, err := client.Do(r)
	if err != nil {
		return errNoClient(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return errNoClient(err)
	}
	if resp.StatusCode >= 300 {
		return errNoClient(fmt.Errorf("HTTP %d", resp.StatusCode))
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errNoClient(err)
	}
	return nil
}

// ImportOnPremFile takes over a saved answer of settings/application, or
// restores a backup of Kontor's.
func (a *App) ImportOnPremFile(ctx context.Context, f premises.Facade, text []byte, password wa.Secret) (report OnPremImport, err error) {
	var in struct {
		Settings struct {
			Application map[string]any
			Data        string
		}
		Application map[string]any
	}
	if err := json.Unmarshal(bytes.TrimSpace(text), &in); err != nil {
		return report, fault.New(fault.Invalid, "onprem_file", "The file is no JSON; nothing was changed.", "Save the answer of GET /v1/settings/application.").Because(err)
	}
	if in.Settings.Data != "" {
		b, err := onprem.OpenBackup(password.Reveal(), in.Settings.Data)
		if err != nil {
			return report, fault.New(fault.Invalid, "onprem_backup", "The backup cannot be opened; nothing was changed.", "A backup of Meta's client is opened by Meta alone: import from a client that still answers, or from its saved settings.").Because(err)
		}
		if err := a.Premises.RestoreBackup(ctx, f, b); err != nil {
			return report, err
		}
		return OnPremImport{Backup: true, Users: len(b.Users)}, a.onpremChanged(ctx, f)
	}
	app := in.Settings.Application
	if app == nil {
		app = in.Application
	}
	if app == nil {
		return report, fault.New(fault.Invalid, "onprem_file", "The file holds no settings; nothing was changed.", "Save the answer of GET /v1/settings/application.")
	}
	return a.importAll(ctx, f, app)
}

// importSettings sets key by key, so that one that is not known here does not
// keep the others out.
func (a *App) importSettings(ctx context.Context, f premises.Facade, in map[string]any, report *OnPremImport) error {
	for _, s := range premises.Settings() {
		v, there := valueAt(in, s.Key)
		if !there || v == nil {
			continue
		}
		if address, is := v.(string); is && s.Key == "webhooks.url" && address != "" {
			if err := (onpremHooks{a}).Check(address); err != nil {
				report.Refused = append(report.Refused, s.Key+": "+fault.As(err).Detail)
				continue
			}
		}
		if _, err := a.Premises.Patch(ctx, f, nested(s.Key, v)); err != nil {
			if !fault.Is(err, fault.Invalid) {
				return err
			}
			report.Refused = append(report.Refused, s.Key+": "+fault.As(err).Fields[0].Detail)
			continue
		}
		report.Taken = append(report.Taken, s.Key)
		if s.Effect != premises.Honoured {
			report.Without = append(report.Without, s.Key+": "+s.Here)
		}
	}
	return nil
}

// valueAt follows a key with dots into an object.
func valueAt(in map[string]any, key string) (v any, there bool) {
	name, rest, deeper := strings.Cut(key, ".")
	v, there = in[name]
	if !deeper {
		return v, there
	}
	inner, is := v.(map[string]any)
	if !is {
		return nil, false
	}
	return valueAt(inner, rest)
}

// nested makes an object of a key with dots.
func nested(key string, v any) map[string]any {
	name, rest, deeper := strings.Cut(key, ".")
	if deeper {
		return map[string]any{name: nested(rest, v)}
	}
	return map[string]any{name: v}
}
