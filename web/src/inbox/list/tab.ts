import { type Tab, tabs } from '../../api/types'

const key = 'kontor.tab'

/** The list that was chosen last on this machine; at first all, so that nothing new is missed. */
export function chosenTab(): Tab {
  try {
    const stored = localStorage.getItem(key)
    return tabs.find((tab) => tab === stored) ?? 'all'
  } catch {
    return 'all'
  }
}

export function keepTab(tab: Tab): void {
  try {
    localStorage.setItem(key, tab)
  } catch {
    // Forbidden: the choice holds as long as the page.
  }
}
