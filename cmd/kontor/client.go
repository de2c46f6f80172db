package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kontor/internal/fault"
)

// client speaks to a running Kontor.
type client struct {
	URL    string `help:"Address of the running Kontor." env:"KONTOR_URL" default:"http://127.0.0.1:8080"`
	APIKey string `help:"API key ($$KONTOR_KEY, or $$KONTOR_ADMIN_KEY); kontor key create makes one." env:"KONTOR_KEY,KONTOR_ADMIN_KEY" placeholder:"KEY"`
}

const base = "/api/v1/whatsapp/"

func (c client) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, "", "", nil, into)
}

func (c client) post(ctx context.Context, path, key string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, key, "application/json", bytes.NewReader(text), into)
}

// upload streams a file to POST media.
func (c client) upload(ctx context.Context, path string, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() { // ends when the request has read, or closed, the pipe
		part, err := form.CreateFormFile("file", filepath.Base(path))
		if err == nil {
			_, err = io.Copy(part, f)
		}
		if err == nil {
			err = form.Close()
		}
		w.CloseWithError(err)
	}()
	err = c.do(ctx, http.MethodPost, "media", "", form.FormDataContentType(), r, into)
	r.Close()
	return err
}

func (c client) do(ctx context.Context, method, path, key, contentType string, body io.Reader, into any) error {
	headers := map[string]string{"Content-Type": contentType, "Idempotency-Key": key}
	return c.ask(ctx, method, path, headers, body, into)
}

// put replaces what is there, if it still has the version; 0 is any.
func (c client) put(ctx context.Context, path string, version int64, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	headers := map[string]string{"Content-Type": "application/json"}
	if version != 0 {
		headers["If-Match"] = fmt.Sprintf("%q", strconv.FormatInt(version, 10))
	}
	return c.ask(ctx, http.MethodPut, path, headers, bytes.NewReader(text), into)
}

// ask calls with headers, of which the empty ones are left out.
func (c client) ask(ctx context.Context, method, path string, headers map[string]string, body io.Reader, into any) error {
	if c.APIKey == "" {
		return fault.New(fault.Invalid, "key_missing", "No API key was given, so nothing was sent.", "Set KONTOR_KEY, or make a key with kontor key create --name cli.")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.URL+base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.APIKey)
	for name, value := range headers {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, "not_reached", "Kontor does not answer at "+c.URL+".", "Start it with kontor serve, or say where it is with --url. If the answer was lost on the way, sending again with the same --idempotency-key is safe.").Because(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return refusal(resp.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// refusal is the problem that Kontor answered.
func refusal(status int, answer []byte) error {
	var p struct {
		Code, Detail, Advice string
		Errors               []struct{ Name, Detail string }
	}
	if json.Unmarshal(answer, &p) != nil || p.Code == "" {
		return fmt.Errorf("the answer was HTTP %d and not Kontor's: is the address right?", status)
	}
	f := fault.New(fault.Conflict, p.Code, p.Detail, p.Advice)
	for _, e := range p.Errors {
		f.Fields = append(f.Fields, fault.Field{Name: e.Name, Detail: e.Detail})
	}
	return f
}
