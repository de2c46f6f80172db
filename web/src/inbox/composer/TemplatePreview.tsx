import { CornerUpLeft, File as FileIcon, Image, MapPin, Video } from 'lucide-react'
import type { TemplateDefinition } from '../../api/types'
import { Bubble, BubbleButton, BubbleButtons } from '../../ui/Bubble'
import { MessageText } from '../../ui/MessageText'
import { fileAddress } from '../cards/file'
import { buttonsOf, keyOf, type Piece, partOf, pieces, type Values } from './template'

interface TemplatePreviewProps {
  template: TemplateDefinition
  values: Values
}

const formats = { IMAGE: Image, VIDEO: Video, DOCUMENT: FileIcon, LOCATION: MapPin } as const

/** The message as it will arrive; what was filled in stands on `seal-tint`. */
export function TemplatePreview({ template, values }: TemplatePreviewProps) {
  const header = partOf(template, 'HEADER')
  const body = partOf(template, 'BODY')?.text ?? ''
  const footer = partOf(template, 'FOOTER')?.text
  const labels = buttonsOf(template)
  const lang = template.language.replace('_', '-')
  return (
    <Bubble kind="in" className="w-full max-w-full sm:max-w-full">
      {header?.format && header.format !== 'TEXT' ? (
        <HeaderMedia template={template} values={values} format={header.format} />
      ) : null}
      {header?.text ? (
        <p dir="auto" lang={lang} className="font-semibold text-message [overflow-wrap:anywhere]">
          <Filled parts={pieces(template, 'header', header.text, values)} />
        </p>
      ) : null}
      <MessageText
        text={body}
        lang={lang}
        fill={(text) => <Filled parts={pieces(template, 'body', text, values)} />}
      />
      {footer ? (
        <p dir="auto" lang={lang} className="text-meta text-text2">
          {footer}
        </p>
      ) : null}
      {labels.length > 0 ? (
        <BubbleButtons>
          {labels.map((label) => (
            <BubbleButton key={label} icon={<CornerUpLeft aria-hidden size={15} strokeWidth={1.75} />}>
              {label}
            </BubbleButton>
          ))}
        </BubbleButtons>
      ) : null}
    </Bubble>
  )
}

function Filled({ parts }: { parts: readonly Piece[] }) {
  return parts.map((part, place) =>
    typeof part === 'string' ? (
      part
    ) : (
      <mark
        // biome-ignore lint/suspicious/noArrayIndexKey: the places of a text never change
        key={place}
        className={
          part.filled
            ? 'rounded-key bg-seal-tint px-0.5 font-semibold text-seal-text'
            : 'rounded-key bg-sunken px-1 text-text3'
        }
      >
        {part.filled ? part.value : `{${part.value}}`}
      </mark>
    ),
  )
}

function HeaderMedia({ template, values, format }: TemplatePreviewProps & { format: string }) {
  const variable = template.variables.find(({ component }) => component === 'header')
  const value = variable && values[keyOf(variable)]
  const media = value && 'media' in value ? value.media : undefined
  const src = format === 'IMAGE' ? fileAddress(media) : undefined
  const Icon = formats[format as keyof typeof formats] ?? FileIcon
  return (
    <div className="-mx-1.5 flex aspect-16/9 items-center justify-center gap-2 overflow-clip rounded-control bg-sunken text-second text-text2">
      {src ? (
        <img src={src} alt="" className="size-full object-cover" />
      ) : (
        <>
          <Icon aria-hidden size={20} strokeWidth={1.75} />
          {media?.filename}
        </>
      )}
    </div>
  )
}
