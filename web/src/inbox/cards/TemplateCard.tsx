import { CornerUpLeft } from 'lucide-react'
import type { Content, TemplateParameter } from '../../api/content'
import { BubbleButton, BubbleButtons } from '../../ui/Bubble'
import { MessageText } from '../../ui/MessageText'
import { DocumentCard, ImageCard, VideoCard } from './MediaCards'
import { LocationCard } from './PlaceCards'

/** A template with its values filled in, as it was when it was sent. */
export function TemplateCard({ content }: { content: Content }) {
  const { template, rendered } = content
  const header = template?.components?.find(({ type }) => type.toLowerCase() === 'header')?.parameters?.[0]
  return (
    <>
      {header ? <HeaderParameter parameter={header} /> : null}
      {rendered?.header ? (
        <p dir="auto" className="font-semibold text-message">
          {rendered.header}
        </p>
      ) : null}
      {rendered?.body ? (
        <MessageText text={rendered.body} lang={template?.language.code.replace('_', '-')} />
      ) : null}
      {rendered?.footer ? (
        <p dir="auto" className="text-meta text-text2">
          {rendered.footer}
        </p>
      ) : null}
    </>
  )
}

function HeaderParameter({ parameter }: { parameter: TemplateParameter }) {
  if (parameter.image) return <ImageCard media={parameter.image} />
  if (parameter.video) return <VideoCard media={parameter.video} />
  if (parameter.document) return <DocumentCard media={parameter.document} />
  if (parameter.location) return <LocationCard location={parameter.location} />
  return null
}

export function TemplateButtons({ labels }: { labels: readonly string[] }) {
  return (
    <BubbleButtons>
      {labels.map((label, place) => (
        <BubbleButton
          // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of one message never change
          key={place}
          icon={<CornerUpLeft aria-hidden size={15} strokeWidth={1.75} />}
        >
          {label}
        </BubbleButton>
      ))}
    </BubbleButtons>
  )
}
