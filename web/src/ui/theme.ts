export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'kontor.theme'

/** Puts the stored choice on the page; without one the system decides, see tokens.css. */
export function startTheme(): void {
  show(currentTheme())
}

/** Changes the theme at once and remembers it on this machine. */
export function setTheme(theme: Theme): void {
  show(theme)
  localStorage.setItem(key, theme)
}

export function currentTheme(): Theme {
  try {
    const stored = localStorage.getItem(key)
    return themes.find((theme) => theme === stored) ?? 'system'
  } catch {
    return 'system'
  }
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
