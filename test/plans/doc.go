// Package plans looks at how the databases answer what the product asks.
package plans
