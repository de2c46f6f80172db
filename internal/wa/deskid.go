package wa

// Ids of what colleagues keep beside conversations.
type (
	LabelID      int64 // lbl_…
	NoteID       int64 // nte_…; it has its place between message ids
	QuickReplyID int64 // qr_…
)

const (
	labelPrefix      = "lbl_"
	notePrefix       = "nte_"
	quickReplyPrefix = "qr_"
)

func (id LabelID) String() string      { return format(labelPrefix, int64(id)) }
func (id NoteID) String() string       { return format(notePrefix, int64(id)) }
func (id QuickReplyID) String() string { return format(quickReplyPrefix, int64(id)) }

// ParseLabelID reads what LabelID.String wrote.
func ParseLabelID(s string) (LabelID, error) { n, err := parse(labelPrefix, s); return LabelID(n), err }

// ParseNoteID reads what NoteID.String wrote.
func ParseNoteID(s string) (NoteID, error) { n, err := parse(notePrefix, s); return NoteID(n), err }

// ParseQuickReplyID reads what QuickReplyID.String wrote.
func ParseQuickReplyID(s string) (QuickReplyID, error) {
	n, err := parse(quickReplyPrefix, s)
	return QuickReplyID(n), err
}
