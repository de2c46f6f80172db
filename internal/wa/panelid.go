package wa

// PanelTokenID is Kontor's id of a panel token: pnl_… in texts. It stands in
// addresses and opens nothing by itself.
type PanelTokenID int64

const panelPrefix = "pnl_"

func (id PanelTokenID) String() string { return format(panelPrefix, int64(id)) }

// ParsePanelTokenID reads what PanelTokenID.String wrote.
func ParsePanelTokenID(s string) (PanelTokenID, error) {
	n, err := parse(panelPrefix, s)
	return PanelTokenID(n), err
}
