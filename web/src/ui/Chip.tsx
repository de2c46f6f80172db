import type { ReactNode } from 'react'
import { cn } from './cn'

const tones = {
  neutral: 'bg-sunken text-text',
  outline: 'border-line-strong text-text2',
  ink: 'bg-ink-tint text-text',
  ok: 'bg-ok-tint text-ok',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
  info: 'bg-info-tint text-info',
  bot: 'bg-bot-tint text-bot',
} as const

interface ChipProps {
  tone?: keyof typeof tones
  /** A Lucide icon of size 13. */
  icon?: ReactNode
  children: ReactNode
  className?: string
}

/** A state or a label as a word; the colour only repeats what the word says. */
export function Chip({ tone = 'neutral', icon, children, className }: ChipProps) {
  return (
    <span
      className={cn(
        'inline-flex min-h-5.5 items-center gap-1 rounded-full border border-transparent px-2 text-meta',
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  )
}
