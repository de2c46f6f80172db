import { useLingui } from '@lingui/react/macro'
import { Image } from 'lucide-react'
import type { Template } from '../model'

const formats = new Set(['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'GIF'])

/** The template as a bubble, its variables still open. */
export function TemplatePreview({ template }: { template: Template }) {
  const { t } = useLingui()
  const { header, body, footer, buttons, cards } = template
  return (
    <div className="mt-4 flex flex-col rounded-card bg-thread p-4">
      <div className="flex max-w-110 flex-col gap-1 rounded-bubble rounded-bl-tail border border-line bg-bubble-in px-3 py-2">
        {formats.has(header) ? (
          <p className="-mx-1.5 flex h-24 items-center justify-center gap-2 rounded-control bg-sunken text-meta text-text3">
            <Image aria-hidden size={18} strokeWidth={1.75} />
            {header}
          </p>
        ) : header ? (
          <p dir="auto" className="break-words font-semibold text-name">
            <WithVariables text={header} />
          </p>
        ) : null}
        {body ? (
          <p dir="auto" className="whitespace-pre-wrap break-words text-message">
            <WithVariables text={body} />
          </p>
        ) : null}
        {footer ? (
          <p dir="auto" className="text-meta text-text2">
            {footer}
          </p>
        ) : null}
        {cards > 0 ? <p className="text-meta text-text3">{t`Cards: ${cards}`}</p> : null}
        {buttons.length > 0 ? (
          <ul className="-mx-3 -mb-2 mt-1">
            {buttons.map((button) => (
              <li
                key={button}
                className="flex min-h-9 items-center justify-center border-line border-t px-3 font-semibold text-ink text-second"
              >
                {button}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  )
}

/** What will be filled in stands on the seal's ground, as in the composer. */
function WithVariables({ text }: { text: string }) {
  return text.split(/(\{\{[^}]+\}\})/).map((part, place) =>
    part.startsWith('{{') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
      <span key={place} className="rounded-key bg-seal-tint px-1 font-mono text-seal-text text-second">
        {part}
      </span>
    ) : (
      part
    ),
  )
}
