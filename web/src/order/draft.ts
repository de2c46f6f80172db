const key = (order: string) => `kontor.panel.draft.${order}`

/** A browser may forbid storage to frames; a draft then lasts as long as the frame. */
const here = new Map<string, string>()

/** What was typed for an order and not sent. */
export function loadDraft(order: string): string {
  try {
    return here.get(order) ?? sessionStorage.getItem(key(order)) ?? ''
  } catch {
    return here.get(order) ?? ''
  }
}

export function saveDraft(order: string, text: string): void {
  here.set(order, text)
  try {
    if (text) sessionStorage.setItem(key(order), text)
    else sessionStorage.removeItem(key(order))
  } catch {
    // it is kept in memory
  }
}
