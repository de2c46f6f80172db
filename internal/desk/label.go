package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Label is a mark of a workspace.
type Label struct {
	ID          wa.LabelID
	WorkspaceID wa.WorkspaceID
	Name        string // 1–40 characters, once in a workspace whatever their case
	Colour      string // "#7c3aed"
	CreatedAt   time.Time
}

// Limits of labels.
const (
	MaxLabels    = 200 // of a workspace
	MaxLabelName = 40  // characters
	MaxLabelsOn  = 20  // on one conversation
)

// Labels is where labels are kept.
type Labels interface {
	// InsertLabel and UpdateLabel answer done = false when the name is taken.
	InsertLabel(tx txn.Tx, l Label) (done bool, err error)
	UpdateLabel(tx txn.Tx, l Label) (done bool, err error)
	// DeleteLabel takes it off every conversation, too.
	DeleteLabel(tx txn.Tx, ws wa.WorkspaceID, id wa.LabelID) error
	Label(tx txn.Tx, ws wa.WorkspaceID, id wa.LabelID) (l Label, found bool, err error)
	// Labels are those of a workspace, by name.
	Labels(tx txn.Tx, ws wa.WorkspaceID) ([]Label, error)
	// LabelsOn are those of a conversation.
	LabelsOn(tx txn.Tx, id wa.ConversationID) ([]wa.LabelID, error)
	// Relabel adds and removes labels of a conversation.
	Relabel(tx txn.Tx, ws wa.WorkspaceID, id wa.ConversationID, add, remove []wa.LabelID) error
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func (l *Label) check() error {
	l.Name, l.Colour = strings.Join(strings.Fields(l.Name), " "), strings.ToLower(strings.TrimSpace(l.Colour))
	var wrong []fault.Field
	switch n := utf8.RuneCountInString(l.Name); {
	case n == 0:
		wrong = append(wrong, fault.Field{Name: "name", Detail: "must not be empty."})
	case n > MaxLabelName:
		wrong = append(wrong, fault.Field{Name: "name", Detail: "must have at most 40 characters.", Limit: MaxLabelName, Length: n})
	case !utf8.ValidString(l.Name):
		wrong = append(wrong, fault.Field{Name: "name", Detail: "is not valid UTF-8 text."})
	}
	if !colourForm.MatchString(l.Colour) {
		wrong = append(wrong, fault.Field{Name: "colour", Detail: "must be # and six hexadecimal digits, as #7c3aed."})
	}
	if len(wrong) > 0 {
		return fault.Wrong("invalid_label", wrong...)
	}
	return nil
}

var (
	errLabelExists  = fault.New(fault.Conflict, "label_exists", "There is a label of that name already; nothing was changed.", "Use that one, or another name.")
	errManyLabels   = fault.New(fault.Conflict, "too_many_labels", "A workspace has at most 200 labels; nothing was changed.", "Delete one that nobody needs.")
	errLabelUnknown = fault.New(fault.NotFound, "label_unknown", "There is no such label here; nothing was changed.", "List them with GET labels.")
)

// AllLabels are those of a workspace, by name.
func (d *Desk) AllLabels(ctx context.Context, ws wa.WorkspaceID) (labels []Label, err error) {
	err = d.Runner.Read(ctx, func(tx txn.Tx) error {
		labels, err = d.Store.Labels(tx, ws)
		return err
	})
	return labels, err
}

// NewLabel makes a label.
func (d *Desk) NewLabel(ctx context.Context, w Who, name, colour string) (Label, error) {
	l := Label{ID: wa.LabelID(d.NewID()), WorkspaceID: w.WorkspaceID, Name: name, Colour: colour, CreatedAt: d.Now()}
	if err := l.check(); err != nil {
		return Label{}, err
	}
	return l, d.Runner.Write(ctx, func(tx txn.Tx) error {
		all, err := d.Store.Labels(tx, w.WorkspaceID)
		if err != nil {
			return err
		}
		if len(all) >= MaxLabels {
			return errManyLabels
		}
		done, err := d.Store.InsertLabel(tx, l)
		if err == nil && !done {
			err = errLabelExists
		}
		if err != nil {
			return err
		}
		return d.labelFact(tx, w, l.ID)
	})
}

// LabelChange is what to change; nil leaves a member as it is.
type LabelChange struct{ Name, Colour *string }

// ChangeLabel changes a label everywhere it is.
func (d *Desk) ChangeLabel(ctx context.Context, w Who, id wa.LabelID, change LabelChange) (l Label, err error) {
	if !w.Leads {
		return Label{}, errLeads
	}
	err = d.Runner.Write(ctx, func(tx txn.Tx) error {
		if l, err = d.label(tx, w.WorkspaceID, id); err != nil {
			return err
		}
		if change.Name != nil {
			l.Name = *change.Name
		}
		if change.Colour != nil {
			l.Colour = *change.Colour
		}
		if err := l.check(); err != nil {
			return err
		}
		done, err := d.Store.UpdateLabel(tx, l)
		if err == nil && !done {
			err = errLabelExists
		}
		if err != nil {
			return err
		}
		return d.labelFact(tx, w, id)
	})
	return l, err
}

// DeleteLabel takes a label off everything and away.
func (d *Desk) DeleteLabel(ctx context.Context, w Who, id wa.LabelID) error {
	if !w.Leads {
		return errLeads
	}
	return d.Runner.Write(ctx, func(tx txn.Tx) error {
		if _, err := d.label(tx, w.WorkspaceID, id); err != nil {
			return err
		}
		if err := d.Store.DeleteLabel(tx, w.WorkspaceID, id); err != nil {
			return err
		}
		return d.labelFact(tx, w, id)
	})
}

func (d *Desk) label(tx txn.Tx, ws wa.WorkspaceID, id wa.LabelID) (Label, error) {
	l, found, err := d.Store.Label(tx, ws, id)
	if err == nil && !found {
		err = errLabelUnknown
	}
	return l, err
}

func (d *Desk) labelFact(tx txn.Tx, w Who, id wa.LabelID) error {
	return d.Journal.Append(tx, journal.Fact{WorkspaceID: w.WorkspaceID, Kind: LabelChanged, ActorID: w.Person, Detail: id.String(), At: d.Now()})
}

// Relabel adds labels to a conversation and takes others off. With all, add is
// the whole set and remove does not count.
func (d *Desk) Relabel(ctx context.Context, w Who, id wa.ConversationID, add, remove []wa.LabelID, all bool) error {
	return d.Runner.Write(ctx, func(tx txn.Tx) error {
		s, err := d.subject(tx, w.WorkspaceID, id)
		if err != nil {
			return err
		}
		have, err := d.Store.LabelsOn(tx, id)
		if err != nil {
			return err
		}
		want := wanted(have, add, remove, all)
		if len(want) > MaxLabelsOn {
			return fault.Wrong("invalid_labels", fault.Field{Name: "label_ids", Detail: "A conversation has at most 20 labels.", Limit: MaxLabelsOn, Length: len(want)})
		}
		for _, l := range slices.Concat(add, remove) {
			if _, err := d.label(tx, w.WorkspaceID, l); err != nil {
				return err
			}
		}
		fresh, gone := without(want, have), without(have, want)
		if len(fresh)+len(gone) == 0 {
			return nil
		}
		if err := d.Store.Relabel(tx, w.WorkspaceID, id, fresh, gone); err != nil {
			return err
		}
		return d.Journal.Append(tx, s.fact(w, ConversationLabeled, "", d.Now()))
	})
}

func wanted(have, add, remove []wa.LabelID, all bool) []wa.LabelID {
	if all {
		have, remove = nil, nil
	}
	want := without(slices.Concat(have, add), remove)
	slices.Sort(want)
	return slices.Compact(want)
}

func without(ids, those []wa.LabelID) []wa.LabelID {
	return slices.DeleteFunc(slices.Clone(ids), func(id wa.LabelID) bool { return slices.Contains(those, id) })
}
