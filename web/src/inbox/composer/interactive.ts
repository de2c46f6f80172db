import type { Content } from '../../api/content'

/** Limits of messages that can be tapped (cloud-api.md 1.3), in characters and pieces. */
export const limits = {
  buttonsText: 1024,
  listText: 4096,
  footer: 60,
  buttonTitle: 20,
  buttons: 3,
  listButton: 20,
  rowTitle: 24,
  rowDescription: 72,
  rows: 10,
} as const

export interface ButtonsForm {
  text: string
  footer: string
  titles: readonly string[]
}

export interface ListForm {
  text: string
  button: string
  footer: string
  rows: readonly { title: string; description: string }[]
}

export type Fault = 'text' | 'title' | 'twice' | 'length' | 'button'

const long = (text: string, limit: number) => [...text].length > limit

/** What is still wrong, or null when it can be sent. Empty lines at the end are left out. */
export function checkButtons({ text, footer, titles }: ButtonsForm): Fault | null {
  const said = titles.map((title) => title.trim()).filter(Boolean)
  if (text.trim() === '') return 'text'
  if (said.length === 0) return 'title'
  if (new Set(said).size < said.length) return 'twice'
  if (long(text, limits.buttonsText) || long(footer, limits.footer)) return 'length'
  if (said.some((title) => long(title, limits.buttonTitle))) return 'length'
  return null
}

export function checkList({ text, button, footer, rows }: ListForm): Fault | null {
  const said = rows.filter(({ title }) => title.trim())
  const titles = said.map(({ title }) => title.trim())
  if (text.trim() === '') return 'text'
  if (button.trim() === '') return 'button'
  if (said.length === 0) return 'title'
  if (new Set(titles).size < titles.length) return 'twice'
  if (long(text, limits.listText) || long(button, limits.listButton) || long(footer, limits.footer))
    return 'length'
  if (said.some((row) => long(row.title, limits.rowTitle) || long(row.description, limits.rowDescription))) {
    return 'length'
  }
  return null
}

export function buttonsContent({ text, footer, titles }: ButtonsForm): Content {
  const said = titles.map((title) => title.trim()).filter(Boolean)
  return {
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: text.trim() },
      ...footerOf(footer),
      action: {
        buttons: said.map((title, place) => ({ type: 'reply', reply: { id: `button_${place + 1}`, title } })),
      },
    },
  }
}

export function listContent({ text, button, footer, rows }: ListForm): Content {
  const said = rows.filter(({ title }) => title.trim())
  return {
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: text.trim() },
      ...footerOf(footer),
      action: {
        button: button.trim(),
        sections: [
          {
            rows: said.map(({ title, description }, place) => ({
              id: `row_${place + 1}`,
              title: title.trim(),
              ...(description.trim() ? { description: description.trim() } : {}),
            })),
          },
        ],
      },
    },
  }
}

function footerOf(footer: string) {
  return footer.trim() ? { footer: { text: footer.trim() } } : {}
}
