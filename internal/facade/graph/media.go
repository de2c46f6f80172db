package graph

import (
	"encoding/json"
	"strconv"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// mediaDigits is our media id as Meta writes its own.
func mediaDigits(id wa.MediaID) string { return strconv.FormatInt(int64(id), 10) }

// getMedia answers GET /{media-id} (cloud-api.md 1.5): what the file is, and for
// five minutes where its bytes are, on the gateway's own host.
func (c *call) getMedia(at *node) error {
	if err := c.need(account.Read); err != nil {
		return err
	}
	if err := c.ownPhone(); err != nil {
		return err
	}
	until := c.g.Now().Add(attachmentLife)
	if at.file != nil {
		if at.file.State != media.Stored {
			return fault.New(fault.NotFound, "media_failed", "The file could not be fetched from WhatsApp ("+at.file.Reason+").", "Ask the customer to send it again.")
		}
		address, err := c.address(attachment{Workspace: c.who.WorkspaceID, Media: at.file.ID, Until: until.Unix()}, at.id)
		if err != nil {
			return err
		}
		return c.succeed(meta.MediaObject{
			MessagingProduct: meta.Product, URL: address, MimeType: at.file.MimeType, SHA256: at.file.SHA256,
			FileSize: json.Number(strconv.FormatInt(at.file.Size, 10)), ID: at.id,
		})
	}
	m, failure := c.g.Carrier.Media(c.r.Context(), at.number, at.remote)
	if failure != nil {
		return failure
	}
	address, err := c.address(attachment{Workspace: c.who.WorkspaceID, Number: at.number.PhoneNumberID, Remote: at.remote, Until: until.Unix()}, at.id)
	if err != nil {
		return err
	}
	object := meta.MediaObject{MessagingProduct: meta.Product, URL: address, MimeType: m.MimeType, SHA256: m.SHA256, ID: at.id}
	if m.Size > 0 {
		object.FileSize = json.Number(strconv.FormatInt(m.Size, 10))
	}
	return c.succeed(object)
}

// ownPhone checks phone_number_id of a media call: one of the workspace's.
func (c *call) ownPhone() error {
	asked := c.query.Get("phone_number_id")
	if asked == "" {
		return nil
	}
	if n, ok := c.g.Numbers.ByPhoneNumberID(wa.PhoneNumberID(asked)); !ok || n.WorkspaceID != c.who.WorkspaceID {
		return errUnknown(asked)
	}
	return nil
}

// deleteMedia answers DELETE /{media-id}. An upload is the sender's own; what a
// customer sent is correspondence of the house, which not everybody may remove.
func (c *call) deleteMedia(at *node) error {
	right := account.Send
	if at.file == nil || at.file.Origin != media.Upload {
		right = account.ManageNumbers
	}
	if err := c.need(right); err != nil {
		return err
	}
	if err := c.ownPhone(); err != nil {
		return err
	}
	if at.file == nil {
		return c.pass(at.number, passing{path: "/" + at.remote})
	}
	if err := c.g.Media.Remove(c.r.Context(), c.who.WorkspaceID, at.file.ID); err != nil {
		return err
	}
	return c.succeed(success)
}

// attachmentLife is how long the address of a file is good (cloud-api.md 1.5).
const attachmentLife = 5 * time.Minute
