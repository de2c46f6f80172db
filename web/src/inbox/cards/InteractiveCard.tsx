import { useLingui } from '@lingui/react/macro'
import { ClipboardCheck, CornerUpLeft, ExternalLink, List } from 'lucide-react'
import type { ButtonsAction, Header, Interactive, ListAction, Reply, UrlAction } from '../../api/content'
import { BubbleButton, BubbleButtons } from '../../ui/Bubble'
import { Chip } from '../../ui/Chip'
import { MessageText } from '../../ui/MessageText'
import { DocumentCard, ImageCard, VideoCard } from './MediaCards'

/** What we sent to be tapped, as the customer sees it; its buttons stand at the foot, see InteractiveButtons. */
export function InteractiveCard({ interactive }: { interactive: Interactive }) {
  const { header, body, footer, type } = interactive
  const known = ['button', 'list', 'cta_url'].includes(type)
  return (
    <>
      {header ? <HeaderPart header={header} /> : null}
      {body ? <MessageText text={body.text} /> : null}
      {footer ? (
        <p dir="auto" className="text-meta text-text2">
          {footer.text}
        </p>
      ) : null}
      {known ? null : (
        <Chip className="self-start font-mono" tone="neutral">
          {type}
        </Chip>
      )}
    </>
  )
}

function HeaderPart({ header }: { header: Header }) {
  if (header.image) return <ImageCard media={header.image} />
  if (header.video) return <VideoCard media={header.video} />
  if (header.document) return <DocumentCard media={header.document} />
  return header.text ? (
    <p dir="auto" className="font-semibold text-message">
      {header.text}
    </p>
  ) : null
}

/** What the customer can press, at the foot of the bubble. */
export function InteractiveButtons({ interactive }: { interactive: Interactive }) {
  const { t } = useLingui()
  switch (interactive.type) {
    case 'button': {
      const { buttons = [] } = (interactive.action ?? {}) as Partial<ButtonsAction>
      return (
        <BubbleButtons>
          {buttons.map(({ reply }) => (
            <BubbleButton key={reply.id} icon={<CornerUpLeft aria-hidden size={15} strokeWidth={1.75} />}>
              {reply.title}
            </BubbleButton>
          ))}
        </BubbleButtons>
      )
    }
    case 'list': {
      const { button = '', sections = [] } = (interactive.action ?? {}) as Partial<ListAction>
      return (
        <BubbleButtons>
          <details className="group/list">
            <summary className="focus-inside flex min-h-9 cursor-pointer list-none items-center justify-center gap-2 border-line border-t px-3 font-semibold text-ink text-second hover:bg-hover">
              <List aria-hidden size={15} strokeWidth={1.75} />
              {button}
              <span className="sr-only">{t`show the choices`}</span>
            </summary>
            <div className="flex flex-col gap-1.5 border-line border-t px-3 py-2 text-second">
              {sections.map((section, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the sections of one message never change
                <div key={place}>
                  {section.title ? (
                    <p className="font-semibold text-meta text-text2">{section.title}</p>
                  ) : null}
                  <ul>
                    {section.rows.map((row) => (
                      <li key={row.id} className="py-0.5">
                        {row.title}
                        {row.description ? (
                          <span className="block text-meta text-text2">{row.description}</span>
                        ) : null}
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
            </div>
          </details>
        </BubbleButtons>
      )
    }
    case 'cta_url': {
      const { parameters } = (interactive.action ?? {}) as Partial<UrlAction>
      if (!parameters || !/^https?:/i.test(parameters.url)) return null
      return (
        <BubbleButtons>
          <a
            href={parameters.url}
            target="_blank"
            rel="noopener noreferrer"
            className="focus-inside flex min-h-9 items-center justify-center gap-2 border-line border-t px-3 font-semibold text-ink text-second hover:bg-hover pointer-coarse:min-h-11"
          >
            <ExternalLink aria-hidden size={15} strokeWidth={1.75} />
            {parameters.display_text}
          </a>
        </BubbleButtons>
      )
    }
    default:
      return null
  }
}

/** What the customer tapped or filled in. */
export function ReplyCard({ reply }: { reply: Reply }) {
  const { t } = useLingui()
  if (reply.type === 'nfm_reply') {
    const answers = readAnswers(reply.response_json)
    return (
      <div className="flex min-w-52 flex-col gap-1 py-0.5">
        <p className="flex items-center gap-1.5 font-semibold text-second">
          <ClipboardCheck aria-hidden size={15} strokeWidth={1.75} className="shrink-0" />
          {t`Form filled in`}
        </p>
        {answers.length > 0 ? (
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-second">
            {answers.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-text2 [overflow-wrap:anywhere]">{name}</dt>
                <dd dir="auto" className="[overflow-wrap:anywhere]">
                  {value}
                </dd>
              </div>
            ))}
          </dl>
        ) : (
          <MessageText text={reply.body || reply.response_json || ''} />
        )}
      </div>
    )
  }
  return (
    <div>
      <MessageText text={reply.title || reply.body || reply.type} />
      {reply.description ? (
        <p dir="auto" className="text-second text-text2">
          {reply.description}
        </p>
      ) : null}
    </div>
  )
}

/** The fields of a form, where it answers with a plain object; the token is for machines. */
function readAnswers(json: string | undefined): [string, string][] {
  try {
    const value: unknown = JSON.parse(json ?? '')
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return []
    return Object.entries(value)
      .filter(([name]) => name !== 'flow_token')
      .map(([name, answer]) => [name, typeof answer === 'string' ? answer : JSON.stringify(answer)])
  } catch {
    return []
  }
}
