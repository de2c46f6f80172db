/** The conversations that are chosen for something to be done with all of them. */
export interface Selection {
  ids: ReadonlySet<string>
  /** Where a range begins: the last one that was chosen or left by itself. */
  from: string | null
}

export const nothingSelected: Selection = { ids: new Set(), from: null }

/** With one more, or one fewer. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, from: id }
}

/** With all rows from where the range begins to this one; without a beginning this one alone. */
export function through(selection: Selection, rows: readonly string[], id: string): Selection {
  const from = rows.indexOf(selection.from ?? id)
  const to = rows.indexOf(id)
  if (from < 0 || to < 0) return { ids: new Set([...selection.ids, id]), from: id }
  const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { ids: new Set([...selection.ids, ...range]), from: selection.from ?? id }
}
