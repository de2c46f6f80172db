import { useLingui } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import { CopyButton } from '../ui/CopyButton'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'

interface SecretOnceProps {
  label: string
  secret: string
}

/** A secret that is shown now and never again. */
export function SecretOnce({ label, secret }: SecretOnceProps) {
  const { t } = useLingui()
  return (
    <div className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={label} className="min-w-0 flex-1 basis-56">
          <TextInput
            readOnly
            spellCheck={false}
            value={secret}
            onFocus={(event) => event.target.select()}
            className="font-mono text-second"
          />
        </Field>
        <CopyButton text={secret} size="normal" variant="ink">
          {t`Copy`}
        </CopyButton>
      </div>
      <p className="flex gap-1.5 text-second text-text2">
        <TriangleAlert aria-hidden size={15} strokeWidth={1.75} className="mt-0.5 shrink-0 text-warn" />
        {t`It is shown once. Keep it where your program finds it and nobody else does.`}
      </p>
    </div>
  )
}
