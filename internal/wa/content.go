package wa

import "encoding/json"

// Type names what a message is. The names are Meta's (cloud-api.md 1.2, 1.3, 2.4).
type Type string

// Every type that Kontor can show. A type that is not in this list is kept as
// TypeUnknown with its raw JSON.
const (
	TypeText        Type = "text"
	TypeImage       Type = "image"
	TypeVideo       Type = "video"
	TypeAudio       Type = "audio" // with Media.Voice set: a voice message
	TypeDocument    Type = "document"
	TypeSticker     Type = "sticker"
	TypeLocation    Type = "location"
	TypeContacts    Type = "contacts"
	TypeReaction    Type = "reaction"
	TypeInteractive Type = "interactive" // outbound: buttons, list, cta_url, …; inbound: Reply is set
	TypeTemplate    Type = "template"
	TypeButton      Type = "button" // inbound: tap on a template's quick reply
	TypeOrder       Type = "order"
	TypeSystem      Type = "system"
	TypeEdit        Type = "edit"
	TypeRevoke      Type = "revoke"
	TypeUnsupported Type = "unsupported" // WhatsApp says that it cannot deliver this kind by API
	TypeUnknown     Type = "unknown"     // newer than this program: see Content.Raw and RawType
)

// Content is what a message says, in either direction: Type, and the one member
// that Type names. Its JSON is Kontor's own stored and served form; the member
// names are Meta's wherever Meta has one, so that nobody learns two sets.
type Content struct {
	Type        Type          `json:"type"`
	Text        *Text         `json:"text,omitempty"`
	Image       *Media        `json:"image,omitempty"`
	Video       *Media        `json:"video,omitempty"`
	Audio       *Media        `json:"audio,omitempty"`
	Document    *Media        `json:"document,omitempty"`
	Sticker     *Media        `json:"sticker,omitempty"`
	Location    *Location     `json:"location,omitempty"`
	Contacts    []ContactCard `json:"contacts,omitempty"`
	Reaction    *Reaction     `json:"reaction,omitempty"`
	Interactive *Interactive  `json:"interactive,omitempty"`
	Template    *Template     `json:"template,omitempty"`
	Reply       *Reply        `json:"reply,omitempty"`  // inbound interactive
	Button      *Button       `json:"button,omitempty"` // inbound template quick reply
	Order       *Order        `json:"order,omitempty"`
	System      *System       `json:"system,omitempty"`
	Identity    *KeyIdentity  `json:"identity,omitempty"` // with a system message that the customer's key changed
	Edit        *Edit         `json:"edit,omitempty"`
	Revoke      *Revoke       `json:"revoke,omitempty"`
	Unsupported *Unsupported  `json:"unsupported,omitempty"`
	Referral    *Referral     `json:"referral,omitempty"` // the ad or post the customer came from
	Context     *Context      `json:"context,omitempty"`  // what it quotes or taps on
	Errors      []Problem     `json:"errors,omitempty"`   // inbound: what Meta could not deliver of it
	// Rendered is what the customer sees of a template: kept at accept, since the template may change later.
	Rendered *Rendered `json:"rendered,omitempty"`
	// IdentityHash, outbound: deliver only while the customer's key has this hash
	// (recipient_identity_key_hash, cloud-api.md 1.1); otherwise error 137000.
	IdentityHash string `json:"identity_hash,omitempty"`
	// RawType and Raw keep a message of an unknown type exactly as it came.
	RawType string          `json:"raw_type,omitempty"`
	Raw     json.RawMessage `json:"raw,omitempty"`
	// Sender, inbound: how WhatsApp named the author, where that is not what would
	// be written again of the contact. It is stored sealed with the rest, and served
	// to nobody but receivers of Meta's own webhooks.
	Sender *Sender `json:"-"`
}

// Sender is the author of a message as its webhook named them, nothing more and
// nothing less (cloud-api.md 2.3): a member that Meta left out is empty.
type Sender struct {
	From             string          `json:"from,omitempty"`
	FromUserID       string          `json:"from_user_id,omitempty"`
	FromParentUserID string          `json:"from_parent_user_id,omitempty"`
	Contact          json.RawMessage `json:"contact,omitempty"` // the entry of contacts[]; nil: there was none
}

// MediaPart is the media member that Type names, or nil.
func (c *Content) MediaPart() *Media {
	switch c.Type {
	case TypeImage:
		return c.Image
	case TypeVideo:
		return c.Video
	case TypeAudio:
		return c.Audio
	case TypeDocument:
		return c.Document
	case TypeSticker:
		return c.Sticker
	}
	return nil
}

// Text is a text message; Body has 1–4096 characters when sent.
type Text struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url,omitempty"`
}

// Media is an image, video, audio, document or sticker. Sent, it has exactly
// one of MediaID (ours, by upload), ID (Meta's) and Link. Received, it has ID,
// MimeType and SHA256, and MediaID once Kontor has its own copy.
type Media struct {
	MediaID  MediaRef `json:"media_id,omitempty"`
	ID       string   `json:"id,omitempty"`
	Link     string   `json:"link,omitempty"`
	Caption  string   `json:"caption,omitempty"`
	Filename string   `json:"filename,omitempty"`
	MimeType string   `json:"mime_type,omitempty"`
	SHA256   string   `json:"sha256,omitempty"` // base64, as Meta writes it
	Size     int64    `json:"size,omitempty"`   // bytes; 0 when not known
	URL      string   `json:"url,omitempty"`    // Meta's short-lived address on inbound media
	Voice    bool     `json:"voice,omitempty"`
	Animated bool     `json:"animated,omitempty"`
}

// MediaRef is a MediaID in its outside form ("med_…"), empty for none.
type MediaRef string

// Location is a place. Latitude −90…90, longitude −180…180, both in degrees.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	URL       string  `json:"url,omitempty"`
}

// ContactCard is a business card (cloud-api.md 1.2, contact object).
type ContactCard struct {
	Name      ContactName      `json:"name"`
	Phones    []ContactPhone   `json:"phones,omitempty"`
	Emails    []ContactEmail   `json:"emails,omitempty"`
	Addresses []ContactAddress `json:"addresses,omitempty"`
	URLs      []ContactURL     `json:"urls,omitempty"`
	Org       *ContactOrg      `json:"org,omitempty"`
	Birthday  string           `json:"birthday,omitempty"` // YYYY-MM-DD
	VCard     string           `json:"vcard,omitempty"`    // inbound since May 2026
	Origin    string           `json:"origin,omitempty"`   // inbound: how it was shared
}

type (
	// ContactName needs FormattedName and at least one more part when sent.
	ContactName struct {
		FormattedName string `json:"formatted_name"`
		FirstName     string `json:"first_name,omitempty"`
		LastName      string `json:"last_name,omitempty"`
		MiddleName    string `json:"middle_name,omitempty"`
		Suffix        string `json:"suffix,omitempty"`
		Prefix        string `json:"prefix,omitempty"`
	}
	// ContactPhone is a number on a card; with WaID the client offers to write to it.
	ContactPhone struct {
		Phone string `json:"phone,omitempty"`
		Type  string `json:"type,omitempty"`
		WaID  string `json:"wa_id,omitempty"`
	}
	// ContactEmail is an address on a card.
	ContactEmail struct {
		Email string `json:"email,omitempty"`
		Type  string `json:"type,omitempty"`
	}
	// ContactAddress is a postal address on a card.
	ContactAddress struct {
		Street      string `json:"street,omitempty"`
		City        string `json:"city,omitempty"`
		State       string `json:"state,omitempty"`
		Zip         string `json:"zip,omitempty"`
		Country     string `json:"country,omitempty"`
		CountryCode string `json:"country_code,omitempty"`
		Type        string `json:"type,omitempty"`
	}
	// ContactURL is a web address on a card.
	ContactURL struct {
		URL  string `json:"url,omitempty"`
		Type string `json:"type,omitempty"`
	}
	// ContactOrg is where the person works.
	ContactOrg struct {
		Company    string `json:"company,omitempty"`
		Department string `json:"department,omitempty"`
		Title      string `json:"title,omitempty"`
	}
)

// Reaction puts an emoji on a message; an empty Emoji takes it away.
// MessageID is a wamid inbound; outbound it may be ours or WhatsApp's.
type Reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// Context says what a message answers. ID is a wamid, or our id when sent.
type Context struct {
	From                string           `json:"from,omitempty"`
	ID                  string           `json:"id,omitempty"`
	Forwarded           bool             `json:"forwarded,omitempty"`
	FrequentlyForwarded bool             `json:"frequently_forwarded,omitempty"`
	ReferredProduct     *ReferredProduct `json:"referred_product,omitempty"`
}

// ReferredProduct is the product whose "message business" button was used.
type ReferredProduct struct {
	CatalogID         string `json:"catalog_id"`
	ProductRetailerID string `json:"product_retailer_id"`
}

// Reply is what came back from an interactive message (cloud-api.md 2.4).
type Reply struct {
	Type         string          `json:"type"` // button_reply, list_reply, nfm_reply, call_permission_reply, or newer
	ID           string          `json:"id,omitempty"`
	Title        string          `json:"title,omitempty"`
	Description  string          `json:"description,omitempty"`
	Name         string          `json:"name,omitempty"`          // nfm_reply: flow, address_message, …
	Body         string          `json:"body,omitempty"`          // nfm_reply
	ResponseJSON string          `json:"response_json,omitempty"` // nfm_reply: text, not always an object
	Raw          json.RawMessage `json:"raw,omitempty"`           // other reply types, as they came
}

// Button is a tap on a template's quick-reply button.
type Button struct {
	Payload string `json:"payload,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Order is a cart that the customer sent from the catalogue.
type Order struct {
	CatalogID    string      `json:"catalog_id,omitempty"`
	Text         string      `json:"text,omitempty"`
	ProductItems []OrderItem `json:"product_items,omitempty"`
}

// OrderItem is one line of an Order; prices are in units of Currency.
type OrderItem struct {
	ProductRetailerID string      `json:"product_retailer_id"`
	Quantity          json.Number `json:"quantity"`
	ItemPrice         json.Number `json:"item_price"`
	Currency          string      `json:"currency"`
}

// System is WhatsApp speaking about the customer (cloud-api.md 2.5).
type System struct {
	Type                 string `json:"type"`
	Body                 string `json:"body,omitempty"`
	WaID                 Phone  `json:"wa_id,omitempty"`            // the new number
	UserID               BSUID  `json:"user_id,omitempty"`          // the new BSUID
	PreviousUserID       BSUID  `json:"previous_user_id,omitempty"` // since August 2026
	ParentUserID         BSUID  `json:"parent_user_id,omitempty"`
	PreviousParentUserID BSUID  `json:"previous_parent_user_id,omitempty"`
	IdentityHash         string `json:"identity_hash,omitempty"` // of the new key, when that changed
}

// KeyIdentity is the key by which WhatsApp knows the customer's device, since it
// changed (cloud-api.md 2.5).
type KeyIdentity struct {
	Acknowledged     bool   `json:"acknowledged"`
	CreatedTimestamp string `json:"created_timestamp,omitempty"` // unix seconds, as WhatsApp writes them
	Hash             string `json:"hash,omitempty"`
}

// Edit replaces the content of an earlier message (coexistence numbers).
type Edit struct {
	OriginalMessageID Wamid    `json:"original_message_id"`
	Message           *Content `json:"message,omitempty"`
	// Previous is what the message said before, kept when the edit was applied.
	Previous *Content `json:"previous,omitempty"`
}

// Revoke withdraws an earlier message (coexistence numbers).
type Revoke struct {
	OriginalMessageID Wamid `json:"original_message_id"`
}

// Unsupported names a kind of message that Meta does not hand over.
type Unsupported struct {
	Type string `json:"type,omitempty"`
}

// Referral is the ad or post a customer came from.
type Referral struct {
	SourceURL    string `json:"source_url,omitempty"`
	SourceID     string `json:"source_id,omitempty"`
	SourceType   string `json:"source_type,omitempty"`
	Body         string `json:"body,omitempty"`
	Headline     string `json:"headline,omitempty"`
	MediaType    string `json:"media_type,omitempty"`
	ImageURL     string `json:"image_url,omitempty"`
	VideoURL     string `json:"video_url,omitempty"`
	ThumbnailURL string `json:"thumbnail_url,omitempty"`
	CtwaClid     string `json:"ctwa_clid,omitempty"`
	// WelcomeMessage is what the ad had greeted the customer with.
	WelcomeMessage *Greeted `json:"welcome_message,omitempty"`
}

// Greeted is the text of a Referral's welcome message.
type Greeted struct {
	Text string `json:"text"`
}

// Problem is an error of Meta's in words we keep (cloud-api.md 3.1).
type Problem struct {
	Code    int    `json:"code"`
	Title   string `json:"title,omitempty"`
	Details string `json:"details,omitempty"`
	Href    string `json:"href,omitempty"`
}
