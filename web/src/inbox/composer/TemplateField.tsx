import { useLingui } from '@lingui/react/macro'
import { CornerDownLeft, Paperclip } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Media } from '../../api/content'
import type { TemplateVariable } from '../../api/types'
import { upload } from '../../api/upload'
import { useRefusalWords } from '../../errors/refusals'
import { useFormat } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { Textarea } from '../../ui/Textarea'
import { useDraft } from '../data/drafts'
import { useThread } from '../thread/ThreadContext'
import { checkFile } from './files'
import { PlaceFields } from './PlaceFields'
import { type PlaceForm, readPlace } from './place'
import { asValue, checkValue, type Value } from './template'

interface TemplateFieldProps {
  variable: TemplateVariable
  value: Value | undefined
  onChange: (value: Value | undefined) => void
}

/** One value that a template asks for. */
export function TemplateField(props: TemplateFieldProps) {
  switch (props.variable.kind) {
    case 'image':
    case 'video':
    case 'document':
      return <FileValue {...props} />
    case 'location':
      return <PlaceValue {...props} />
    default:
      return <TextValue {...props} />
  }
}

function TextValue({ variable, value, onChange }: TemplateFieldProps) {
  const { t } = useLingui()
  const { conversation } = useThread()
  const draft = asValue(useDraft(conversation.conversation_id))
  const text = value && 'text' in value ? value.text : ''
  const fault = value ? checkValue(variable, value) : null
  const { kind, name, index, component, example } = variable
  const number = index + 1
  const label =
    name ??
    (kind === 'url'
      ? t`End of the address of button ${number}`
      : kind === 'copy_code'
        ? t`Code of button ${number}`
        : component === 'header'
          ? t`Heading`
          : t`Value ${number}`)
  return (
    <div>
      <Field
        label={label}
        hint={example ? t`For example: ${example}` : undefined}
        error={
          fault === 'space'
            ? t`WhatsApp takes no line breaks and no long gaps here.`
            : fault === 'code'
              ? t`Up to 20 letters and digits, nothing else.`
              : undefined
        }
      >
        <Textarea value={text} onChange={(event) => onChange({ text: event.target.value })} />
      </Field>
      {draft && draft !== text && kind === 'text' ? (
        <button
          type="button"
          onClick={() => onChange({ text: draft })}
          className="mt-1 inline-flex min-h-6 items-center gap-1.5 rounded-key font-semibold text-info text-meta hover:underline"
        >
          <CornerDownLeft aria-hidden size={13} strokeWidth={2} />
          {t`Fill with your draft`}
        </button>
      ) : null}
    </div>
  )
}

function FileValue({ variable: { kind }, value, onChange }: TemplateFieldProps) {
  const { t } = useLingui()
  const format = useFormat()
  const words = useRefusalWords()
  const chooser = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<number | null>(null)
  const [wrong, setWrong] = useState('')
  const media: Media | undefined = value && 'media' in value ? value.media : undefined
  const label = kind === 'image' ? t`Picture` : kind === 'video' ? t`Video` : t`Document`

  async function bring(file: File) {
    const check = checkFile(file)
    if ('problem' in check || check.kind !== kind) {
      setWrong(
        'problem' in check && check.problem === 'size'
          ? t`${file.name} is larger than ${format.bytes(check.limit)}, the most that WhatsApp takes of this kind.`
          : t`${file.name} does not fit here.`,
      )
      return
    }
    setWrong('')
    setProgress(0)
    try {
      const { media_id, mime_type, size, filename } = await upload(file, { onProgress: setProgress })
      onChange({ media: { media_id, mime_type, size, filename: filename || file.name } })
    } catch (error) {
      setWrong(words(error).text)
    } finally {
      setProgress(null)
    }
  }

  return (
    <Field label={label} error={wrong || undefined}>
      <div className="flex items-center gap-3">
        <input
          ref={chooser}
          type="file"
          hidden
          aria-label={label}
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) void bring(file)
            event.target.value = ''
          }}
        />
        <Button
          busy={progress !== null}
          onClick={() => chooser.current?.click()}
          icon={<Paperclip aria-hidden size={15} strokeWidth={1.75} />}
        >
          {media ? t`Choose another file` : t`Choose a file`}
        </Button>
        <span className="figures min-w-0 truncate text-second text-text2">
          {progress !== null ? format.percent(Math.floor(progress * 100) / 100) : media?.filename}
        </span>
      </div>
    </Field>
  )
}

function PlaceValue({ value, onChange }: TemplateFieldProps) {
  const known = value && 'location' in value ? value.location : undefined
  const [form, setForm] = useState<PlaceForm>({
    point: known ? `${known.latitude}, ${known.longitude}` : '',
    name: known?.name ?? '',
    address: known?.address ?? '',
  })
  return (
    <PlaceFields
      form={form}
      onChange={(next) => {
        setForm(next)
        const location = readPlace(next)
        onChange(location ? { location } : undefined)
      }}
    />
  )
}
