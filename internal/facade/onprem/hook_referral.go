package onprem

import (
	"context"

	"kontor/internal/wa"
)

// referral is the ad or post that a customer came from. Its picture or film is
// fetched and kept before the callback, as the old client did it, unless
// skip_referral_media_download is set; one that cannot be had is left out: the
// message matters more.
func (h *Hook) referral(ctx context.Context, m *wa.Message, s *hookSettings) *hookReferral {
	r := m.Content.Referral
	if r == nil {
		return nil
	}
	out := &hookReferral{Headline: r.Headline, Body: r.Body, SourceType: r.SourceType, SourceID: r.SourceID, SourceURL: r.SourceURL}
	if s.app.SkipReferralMedia() {
		return out
	}
	out.Image = h.adFile(ctx, m, r.ImageURL)
	out.Video = h.adFile(ctx, m, r.VideoURL)
	return out
}

// adFile fetches a file of an ad; nil when there is none.
func (h *Hook) adFile(ctx context.Context, m *wa.Message, address string) *hookMedia {
	if address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, downloadWait)
	defer cancel()
	body, mimeType, err := h.Fetch.Fetch(ctx, address, nil)
	if err == nil {
		defer body.Close()
		f, saveErr := h.Files.Save(ctx, m.WorkspaceID, "", mimeType, body, 0)
		if saveErr == nil {
			return &hookMedia{ID: MediaID(f.ID), MimeType: f.MimeType, SHA256: f.SHA256}
		}
		err = saveErr
	}
	h.Log.InfoContext(ctx, "the file of an ad could not be fetched; its message is told without", "message", m.ID.String(), "err", err)
	return nil
}
