package cloudapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// maxRetryAfter bounds what a header can ask for.
const maxRetryAfter = 24 * time.Hour

// refusal is the failure that an answer with a bad status tells.
func (c *Client) refusal(res *http.Response, body []byte, readError error, mayHaveEffect func() bool) *wa.Failure {
	f := &wa.Failure{Status: res.StatusCode, RetryAfter: c.retryAfter(res.Header)}
	e := meta.ParseError(body)
	if e == nil || readError != nil {
		f.Class = withoutWords(res.StatusCode, readError, mayHaveEffect)
		f.Problem.Title = fmt.Sprintf("HTTP status %d without an error of Graph's", res.StatusCode)
		f.Cause = fmt.Errorf("http status %d without an error body", res.StatusCode)
		return f
	}
	f.Class, f.Problem = e.Class(res.StatusCode), e.Problem()
	f.Cause = fmt.Errorf("http status %d, trace %q", res.StatusCode, e.FBTraceID)
	f.RetryAfter = max(f.RetryAfter, e.MinDelay())
	return f
}

// withoutWords judges an answer that is not Graph's own (cloud-api.md 3.1:
// "5xx may have no JSON body: treat as transient").
func withoutWords(status int, readError error, mayHaveEffect func() bool) wa.Class {
	switch {
	// A gateway speaks for a Graph that it did not hear: it may have the request.
	case (status == http.StatusBadGateway || status == http.StatusGatewayTimeout) && mayHaveEffect():
		return wa.ClassUncertain
	case status < 400: // a redirect: the base URL is not Graph's
		return wa.ClassOperator
	// Refused, and nobody knows why: that is no verdict about the message.
	case status == http.StatusRequestTimeout, readError != nil && meta.ClassOf(0, status) == wa.ClassNever:
		return wa.ClassBackoff
	}
	return meta.ClassOf(0, status)
}

// retryAfter reads Retry-After, in seconds or as a date, and the longest wait
// that x-business-use-case-usage foresees; 0 when neither asks for one.
func (c *Client) retryAfter(h http.Header) time.Duration {
	var wait time.Duration
	if text := h.Get("Retry-After"); text != "" {
		if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
			wait = time.Duration(seconds) * time.Second
		} else if at, err := http.ParseTime(text); err == nil {
			wait = at.Sub(c.now())
		}
	}
	return min(max(wait, usageWait(h.Get("X-Business-Use-Case-Usage")), 0), maxRetryAfter)
}

// usageWait is the header's estimated_time_to_regain_access, in minutes
// (cloud-api.md 0).
func usageWait(header string) time.Duration {
	if header == "" {
		return 0
	}
	var usage map[string][]struct {
		Minutes float64 `json:"estimated_time_to_regain_access"`
	}
	if json.Unmarshal([]byte(header), &usage) != nil {
		return 0
	}
	longest := 0.0
	for _, uses := range usage {
		for _, use := range uses {
			longest = max(longest, min(use.Minutes, maxRetryAfter.Minutes()))
		}
	}
	return time.Duration(longest * float64(time.Minute))
}
