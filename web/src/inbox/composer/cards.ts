import type { ContactCard } from '../../api/content'

/** One person to recommend, as it is typed. */
export interface CardForm {
  first: string
  last: string
  company: string
  phone: string
  email: string
}

export const emptyCard: CardForm = { first: '', last: '', company: '', phone: '', email: '' }

/** So many fit a message that people still read; WhatsApp itself would take 257 (cloud-api.md 1.2). */
export const mostCards = 10

export type CardFault = 'name' | 'reach' | 'phone' | 'email'

/** A number as people write it: at least six digits, and nothing but what stands between them. */
const phone = /^\+?[\d\s()./-]+$/

const filled = (form: CardForm) => Object.values(form).some((value) => value.trim() !== '')

/** What is still wrong with the cards, or null when they can be sent. Cards without a word are left out. */
export function checkCards(forms: readonly CardForm[]): CardFault | null {
  const said = forms.filter(filled)
  if (said.length === 0) return 'name'
  for (const form of said) {
    const fault = checkCard(form)
    if (fault) return fault
  }
  return null
}

/** What is wrong with one card; WhatsApp demands a first or last name beside the whole one. */
export function checkCard(form: CardForm): CardFault | null {
  const digits = form.phone.replace(/\D/g, '').length
  if (form.phone.trim() && (!phone.test(form.phone.trim()) || digits < 6 || digits > 15)) return 'phone'
  if (form.email.trim() && !/^\S+@\S+\.\S+$/.test(form.email.trim())) return 'email'
  if (!form.first.trim() && !form.last.trim()) return 'name'
  if (!form.phone.trim() && !form.email.trim()) return 'reach'
  return null
}

export function cardsOf(forms: readonly CardForm[]): ContactCard[] {
  return forms.filter(filled).map((form) => {
    const [first, last, company, number, email] = [
      form.first,
      form.last,
      form.company,
      form.phone,
      form.email,
    ].map((value) => value.trim())
    return {
      name: {
        formatted_name: [first, last].filter(Boolean).join(' '),
        ...(first ? { first_name: first } : {}),
        ...(last ? { last_name: last } : {}),
      },
      ...(number ? { phones: [{ phone: number, type: 'WORK' }] } : {}),
      ...(email ? { emails: [{ email, type: 'WORK' }] } : {}),
      ...(company ? { org: { company } } : {}),
    }
  })
}
