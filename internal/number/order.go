package number

import (
	"cmp"
	"slices"

	"kontor/internal/wa"
)

// sortByID puts numbers in the order in which they were connected: ids rise with time.
func sortByID(numbers []*wa.Number) {
	slices.SortFunc(numbers, func(a, b *wa.Number) int { return cmp.Compare(a.ID, b.ID) })
}
