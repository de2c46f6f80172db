package txn

// SetCrowd lets a second transaction begin for fewer than in the product.
func (g *Group[T]) SetCrowd(n int) { g.crowd = n }
