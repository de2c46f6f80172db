import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn'

const tones = {
  info: { look: 'border-info-line bg-info-tint', ink: 'text-info', Icon: Info },
  warn: { look: 'border-warn-line bg-warn-tint', ink: 'text-warn', Icon: TriangleAlert },
  bad: { look: 'border-bad-line bg-bad-tint', ink: 'text-bad', Icon: CircleAlert },
} as const

interface BannerProps {
  tone?: keyof typeof tones
  /** In place of the tone's own icon. */
  icon?: ReactNode
  /** What happened, in bold; the sentence after it says whether anything was sent and what to do. */
  title?: ReactNode
  children?: ReactNode
  /** At most one. */
  action?: ReactNode
  className?: string
}

/** Something that holds for a while and that everybody on this page must know. It is read out when it appears. */
export function Banner({ tone = 'info', icon, title, children, action, className }: BannerProps) {
  const { look, ink, Icon } = tones[tone]
  return (
    <div
      role="status"
      className={cn('flex items-start gap-2.5 rounded-field border px-3 py-2 text-second', look, className)}
    >
      <span aria-hidden className={cn('mt-px shrink-0', ink)}>
        {icon ?? <Icon size={18} strokeWidth={1.75} />}
      </span>
      <p className="min-w-0 flex-1">
        {title ? <strong className="font-semibold">{title} </strong> : null}
        {children}
      </p>
      {action}
    </div>
  )
}
