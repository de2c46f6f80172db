import { useLingui } from '@lingui/react/macro'
import type { Content, Media } from '../../api/content'
import { UnknownMessage } from '../../ui/Bubble'
import { MessageText } from '../../ui/MessageText'
import { unknownType } from '../words'
import { InteractiveButtons, InteractiveCard, ReplyCard } from './InteractiveCard'
import { AudioCard, DocumentCard, ImageCard, StickerCard, VideoCard } from './MediaCards'
import { OrderCard } from './OrderCard'
import { ContactsCard, LocationCard } from './PlaceCards'
import { TemplateButtons, TemplateCard } from './TemplateCard'

interface MessageCardProps {
  content: Content
  /** The language of the customer's words, where it is known. */
  lang?: string
}

/** What a message says, for the inside of a bubble: one branch for each type of internal/wa/content.go. */
export function MessageCard({ content, lang }: MessageCardProps) {
  const { t } = useLingui()
  const failed = (content.errors?.length ?? 0) > 0
  switch (content.type) {
    case 'text':
      return <MessageText text={content.text?.body ?? ''} lang={lang} />
    case 'image':
      return <Captioned media={content.image} lang={lang} Card={ImageCard} failed={failed} />
    case 'video':
      return <Captioned media={content.video} lang={lang} Card={VideoCard} failed={failed} />
    case 'document':
      return <Captioned media={content.document} lang={lang} Card={DocumentCard} failed={failed} />
    case 'audio':
      return <AudioCard media={content.audio ?? {}} failed={failed} />
    case 'sticker':
      return <StickerCard media={content.sticker ?? {}} failed={failed} />
    case 'location':
      return content.location ? <LocationCard location={content.location} /> : <Unknown content={content} />
    case 'contacts':
      return <ContactsCard contacts={content.contacts ?? []} />
    case 'interactive':
      if (content.reply) return <ReplyCard reply={content.reply} />
      return content.interactive ? (
        <InteractiveCard interactive={content.interactive} />
      ) : (
        <Unknown content={content} />
      )
    case 'button':
      return <MessageText text={content.button?.text ?? content.button?.payload ?? ''} lang={lang} />
    case 'template':
      return content.rendered ? (
        <TemplateCard content={content} />
      ) : (
        <p className="text-second text-text2">{t`Its words are not known here.`}</p>
      )
    case 'order':
      return content.order ? <OrderCard order={content.order} /> : <Unknown content={content} />
    case 'edit':
      return content.edit?.message ? (
        <MessageCard content={content.edit.message} lang={lang} />
      ) : (
        <Unknown content={content} />
      )
    case 'revoke':
      return <p className="text-second text-text2">{t`Deleted a message`}</p>
    default:
      return <Unknown content={content} />
  }
}

/** The buttons at the foot of a bubble, for the types that have some. */
export function MessageButtons({ content }: { content: Content }) {
  if (content.type === 'template' && content.rendered?.buttons?.length) {
    return <TemplateButtons labels={content.rendered.buttons} />
  }
  if (content.type === 'interactive' && content.interactive) {
    return <InteractiveButtons interactive={content.interactive} />
  }
  return null
}

interface CaptionedProps {
  media: Media | undefined
  lang?: string
  failed: boolean
  Card: (props: { media: Media; failed?: boolean }) => React.ReactNode
}

function Captioned({ media = {}, lang, failed, Card }: CaptionedProps) {
  return (
    <>
      <Card media={media} failed={failed} />
      {media.caption ? <MessageText text={media.caption} lang={lang} /> : null}
    </>
  )
}

function Unknown({ content }: { content: Content }) {
  return <UnknownMessage type={unknownType(content)} />
}
