import { cn } from './cn'

/** Nine hues far enough apart to tell people by, measured in tokens.test.ts. */
export const avatarHues = [25, 70, 110, 150, 200, 230, 264, 305, 345] as const

/** The same id has the same hue on every screen and machine. */
export function hueOf(id: string): number {
  // FNV-1a; its high bits are mixed into the low ones, which alone decide here.
  let hash = 0x811c9dc5
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  hash ^= hash >>> 16
  return avatarHues[(hash >>> 0) % avatarHues.length] ?? avatarHues[0]
}

/** "Katrin Petersen" is KP, "陈静怡" is 陈, a bare phone number is its last two digits. */
export function initials(name: string): string {
  // "@katrin" and "(Büro)" begin with their first letter.
  const words = name
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}+]+/u, ''))
    .filter(Boolean)
  const first = words[0] ?? ''
  if (/^\p{Script=Han}/u.test(first)) return [...first][0] ?? ''
  if (!/\p{L}/u.test(name)) return name.replace(/\D/g, '').slice(-2)
  const letters = words.filter((word) => /^\p{L}/u.test(word)).map((word) => [...word][0] ?? '')
  const last = letters.length > 1 ? letters[letters.length - 1] : ''
  return `${letters[0] ?? ''}${last}`.toLocaleUpperCase()
}

const sizes = {
  20: 'size-5.5 text-[0.625rem]',
  28: 'size-7.5 text-meta',
  36: 'size-9 text-second',
  40: 'size-10 text-second',
  60: 'size-15 text-section',
} as const

interface AvatarProps {
  /** Decides the hue. */
  id: string
  name: string
  /** People of the house are rounded squares, customers are round: never by colour alone. */
  of: 'person' | 'customer'
  size?: keyof typeof sizes
  className?: string
}

/** Hidden from screen readers, since the name always stands beside it. */
export function Avatar({ id, name, of, size = 40, className }: AvatarProps) {
  return (
    <span
      aria-hidden
      style={{ '--hue': hueOf(id) }}
      className={cn(
        'avatar-hue inline-flex shrink-0 select-none items-center justify-center font-semibold',
        sizes[size],
        of === 'customer' ? 'rounded-full' : size === 20 ? 'rounded-key' : 'rounded-control',
        className,
      )}
    >
      {initials(name)}
    </span>
  )
}
