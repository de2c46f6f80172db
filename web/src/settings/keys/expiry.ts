/** How long a key holds; '' is until it is revoked, 'day' until a day that is chosen. */
export const terms = ['30', '90', '365', 'day', ''] as const
export type Term = (typeof terms)[number]

const dayLength = 86_400_000

/** The end of a key as the server takes it: a chosen day still belongs to it, in the time of this machine. */
export function expiryOf(term: Term, day: string, now: Date): string | undefined {
  if (term === '') return undefined
  if (term !== 'day') return new Date(now.getTime() + Number(term) * dayLength).toISOString()
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + 1).toISOString()
}

/** Tomorrow, as an input of dates writes it: the first day that can be chosen. */
export function firstDay(now: Date): string {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${tomorrow.getFullYear()}-${two(tomorrow.getMonth() + 1)}-${two(tomorrow.getDate())}`
}

/** Whether a key has ended, or ends within two weeks, when its program needs another. */
export function expiryState(expires_at: string | null, now: Date): 'holds' | 'soon' | 'over' {
  if (!expires_at) return 'holds'
  const left = new Date(expires_at).getTime() - now.getTime()
  return left <= 0 ? 'over' : left < 14 * dayLength ? 'soon' : 'holds'
}
