package wa

// OrderID is Kontor's id of a shop's order: ord_… in texts. The shop has an id
// of its own for it, which may say something about the customer; facts carry
// this one.
type OrderID int64

const orderPrefix = "ord_"

func (id OrderID) String() string { return format(orderPrefix, int64(id)) }

// ParseOrderID reads what OrderID.String wrote.
func ParseOrderID(s string) (OrderID, error) { n, err := parse(orderPrefix, s); return OrderID(n), err }
