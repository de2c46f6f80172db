import { useLingui } from '@lingui/react/macro'
import { CircleAlert } from 'lucide-react'
import { useFormat } from '../i18n/format'

interface FormFailureProps {
  /** What useForm gives. */
  form: { failure: { text: string; code?: string } | null; seconds: number }
}

/** Why the server did not take a form, and for how long it hears no other try. */
export function FormFailure({ form: { failure, seconds } }: FormFailureProps) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <div role="alert" className="text-bad text-second empty:hidden">
      {failure ? (
        <p className="flex gap-1.5">
          <CircleAlert aria-hidden size={15} strokeWidth={2} className="mt-0.5 shrink-0" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {failure.text}
            {/* Read out once with the sentence, and not with every second. */}
            {seconds > 0 ? (
              <span aria-live="off" className="figures">
                {' '}
                {t`Time left: ${format.duration(seconds)}`}
              </span>
            ) : null}
            {failure.code ? (
              <span className="block font-mono text-meta text-text3">{failure.code}</span>
            ) : null}
          </span>
        </p>
      ) : null}
    </div>
  )
}
