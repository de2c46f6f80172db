import { useLingui } from '@lingui/react/macro'
import { Pencil, RotateCw, Undo2 } from 'lucide-react'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { useKeys } from '../../keys/keymap'
import { Bubble, BubbleFailure, BubbleLabel, BubbleMeta } from '../../ui/Bubble'
import { Button } from '../../ui/Button'
import { ariaKeys, Kbd } from '../../ui/Kbd'
import { useSecondsLeft } from '../../ui/useSecondsLeft'
import { MessageButtons, MessageCard } from '../cards/MessageCard'
import { type Outgoing, useOutgoing } from '../data/outgoing'
import { Quote } from './Quote'
import { useThread } from './ThreadContext'

interface LetterBubbleProps {
  letter: Outgoing
  tabIndex: 0 | -1
}

/** Something that was sent from this tab and that the server's history does not show yet. */
export function LetterBubble({ letter, tabIndex }: LetterBubbleProps) {
  const { t } = useLingui()
  const format = useFormat()
  const { content, state, at } = letter
  const failed = state === 'refused' || state === 'unanswered'
  const { template, context } = content
  return (
    <Bubble
      kind={failed ? 'failed' : state === 'leaving' ? 'undo' : 'out'}
      tabIndex={tabIndex}
      className="ml-auto"
    >
      {template ? <BubbleLabel>{t`Template · ${template.name}`}</BubbleLabel> : null}
      {context ? <Quote context={context} /> : null}
      <MessageCard content={content} />
      {failed ? <NotSent letter={letter} /> : null}
      {state === 'leaving' ? (
        <Leaving letter={letter} />
      ) : failed ? null : (
        <BubbleMeta dateTime={at} state="queued" word>
          {format.time(new Date(at))}
        </BubbleMeta>
      )}
      <MessageButtons content={content} />
    </Bubble>
  )
}

/** The seconds in which it can be taken back. */
function Leaving({ letter }: { letter: Outgoing }) {
  const { t } = useLingui()
  const outgoing = useOutgoing()
  const undoKey = useKeys('undo')
  const seconds = useSecondsLeft(letter.leavesAt ?? 0)
  return (
    <footer className="figures flex items-center gap-2 self-end text-text2 text-tiny">
      <span>{t`Leaves in ${seconds} s`}</span>
      <button
        type="button"
        onClick={() => outgoing.takeBack(letter.conversation, letter.key)}
        aria-keyshortcuts={ariaKeys(undoKey)}
        className="-my-1 inline-flex min-h-6 items-center gap-1 rounded-key px-1 font-semibold text-ink hover:bg-hover pointer-coarse:min-h-11"
      >
        <Undo2 aria-hidden size={13} strokeWidth={2} />
        {t({ message: 'Undo', context: 'take a message back before it leaves' })}
        {undoKey ? <Kbd>{undoKey}</Kbd> : null}
      </button>
    </footer>
  )
}

/** The words are safe: they can be sent again, or taken back into the field. */
function NotSent({ letter }: { letter: Outgoing }) {
  const { t } = useLingui()
  const words = useRefusalWords()
  const outgoing = useOutgoing()
  const { editLetter } = useThread()
  const refused = letter.state === 'refused'
  const said = letter.error ? words(letter.error) : undefined
  return (
    <>
      <BubbleFailure
        title={refused ? t`Not sent.` : t`No answer.`}
        actions={
          <>
            <Button
              size="small"
              icon={<RotateCw aria-hidden size={13} strokeWidth={2} />}
              onClick={() => outgoing.retry(letter.key)}
            >
              {t`Try again`}
            </Button>
            {letter.draft ? (
              <Button
                size="small"
                variant="quiet"
                icon={<Pencil aria-hidden size={13} strokeWidth={2} />}
                onClick={() => editLetter(letter)}
              >
                {t`Back into the field`}
              </Button>
            ) : (
              <Button size="small" variant="quiet" onClick={() => outgoing.discard(letter.key)}>
                {t`Discard`}
              </Button>
            )}
          </>
        }
      >
        {refused
          ? (said?.text ?? t`The server refused it.`)
          : t`The server may have it or not. Trying again does not send it twice.`}
      </BubbleFailure>
      {said?.code ? (
        <p className="font-mono text-text3 text-tiny [overflow-wrap:anywhere]">{said.code}</p>
      ) : null}
    </>
  )
}
