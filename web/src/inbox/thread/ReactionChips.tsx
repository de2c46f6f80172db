import { useLingui } from '@lingui/react/macro'
import { cn } from '../../ui/cn'
import { contactName } from '../words'
import type { Reactions } from './items'
import { useThread } from './ThreadContext'

interface ReactionChipsProps {
  reactions: Reactions
  className?: string
}

/** The reactions on a message, hanging from its edge. */
export function ReactionChips({ reactions: { customer, house }, className }: ReactionChipsProps) {
  const { t } = useLingui()
  const { conversation } = useThread()
  if (!customer && !house) return null
  const name = contactName(conversation.contact)
  return (
    <div className={cn('z-1 -mt-1.5 mx-2 flex gap-1', className)}>
      {customer ? <Chip emoji={customer} name={t`${name} reacted with ${customer}`} /> : null}
      {house ? <Chip emoji={house} name={t`You reacted with ${house}`} own /> : null}
    </div>
  )
}

function Chip({ emoji, name, own = false }: { emoji: string; name: string; own?: boolean }) {
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className={cn(
        'inline-flex h-6.5 min-w-8 items-center justify-center rounded-full border px-1.5 text-second',
        own ? 'border-line-strong bg-bubble-out' : 'border-line bg-surface',
      )}
    >
      {emoji}
    </span>
  )
}
