import type { Mention } from '../api/desk'

/** Those that were not looked at first, then the others, each newest first and once, as the newest answer has it. */
export function inOrder(unseen: readonly Mention[], all: readonly Mention[]): Mention[] {
  const fresh = new Map(unseen.map((mention) => [mention.note.note_id, mention]))
  const known = new Map(all.map((mention) => [mention.note.note_id, mention]))
  for (const mention of all) if (!mention.seen_at) fresh.set(mention.note.note_id, mention)
  // The list of all is asked for at another moment than the other one: what either says was seen, was.
  for (const id of [...fresh.keys()]) if (known.get(id)?.seen_at) fresh.delete(id)
  const newest = (a: Mention, b: Mention) => (a.note.note_id < b.note.note_id ? 1 : -1)
  return [...[...fresh.values()].toSorted(newest), ...all.filter(({ seen_at }) => seen_at).toSorted(newest)]
}
