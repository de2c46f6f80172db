import { useLingui } from '@lingui/react/macro'
import { cn } from '../ui/cn'
import { shortest, strengthOf } from './strength'

interface StrengthHintProps {
  password: string
  /** Name, address and the like, which others know too. */
  personal?: readonly string[]
}

const looks = ['bg-bad-solid', 'bg-warn-solid', 'bg-ok-solid', 'bg-ok-solid'] as const

/** How good a password is while it is typed: a word and what would make it better; the bar repeats the word. */
export function StrengthHint({ password, personal }: StrengthHintProps) {
  const { t } = useLingui()
  if (!password) return <>{t`At least ${shortest} characters. Several words are easier to remember.`}</>
  const { level, weakness } = strengthOf(password, personal)
  const left = shortest - [...password].length
  const word = [t`Weak.`, t`Passable.`, t`Good.`, t`Strong.`][level]
  const advice = {
    short: t`${left} more characters are needed.`,
    common: t`Many people begin with this.`,
    personal: t`It is mostly your own name or address.`,
    even: t`It repeats or counts.`,
  }
  return (
    <span className="flex flex-col gap-1">
      <span aria-hidden className="flex gap-1">
        {looks.map((_, step) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: four steps that never move
            key={step}
            className={cn('h-1 flex-1 rounded-full bg-line', step <= level && looks[level])}
          />
        ))}
      </span>
      <span>
        <strong className="font-semibold text-text2">{word}</strong> {weakness ? advice[weakness] : null}
      </span>
    </span>
  )
}
