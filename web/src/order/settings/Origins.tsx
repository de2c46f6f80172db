import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useRefusalWords } from '../../errors/refusals'
import { LoadFailed } from '../../settings/LoadFailed'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { TextInput } from '../../ui/TextInput'
import { toast } from '../../ui/Toast'
import { getPanelOrigins, putPanelOrigins } from '../api'

const key = ['panel-origins'] as const

/** Whose pages may show an order's messages. */
export function Origins() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useRefusalWords()
  const query = useQuery({ queryKey: key, queryFn: getPanelOrigins })
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const origins = query.data ?? []

  async function put(next: string[]): Promise<boolean> {
    setBusy(true)
    setFailure('')
    try {
      queries.setQueryData(key, await putPanelOrigins(next))
      return true
    } catch (error) {
      setFailure(words(error).text)
      return false
    } finally {
      setBusy(false)
    }
  }

  async function add(event: FormEvent) {
    event.preventDefault()
    if (text.trim() && (await put([...origins, text.trim()]))) setText('')
  }

  async function remove(origin: string) {
    if (!(await put(origins.filter((one) => one !== origin)))) return
    toast({ text: t`${origin} may show panels no longer.`, onUndo: () => void put(origins) })
  }

  return (
    <section aria-labelledby="panel-origins" className="border-line border-t pt-6">
      <h3 id="panel-origins" className="font-semibold font-serif text-section">
        {t`Panels in other systems`}
      </h3>
      <p className="mb-3 text-second text-text2">
        {t`Pages of these addresses may show an order's messages, with a token that your server makes.`}
      </p>
      {query.isError ? (
        <LoadFailed error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />
      ) : null}
      {origins.length > 0 ? (
        <ul aria-label={t`Allowed addresses`} className="mb-3 border-line border-t">
          {origins.map((origin) => (
            <li key={origin} className="flex min-h-10 items-center gap-3 border-line border-b py-1">
              <span className="min-w-0 flex-1 font-mono text-meta [overflow-wrap:anywhere]">{origin}</span>
              <Button
                size="small"
                variant="quiet"
                aria-label={t`Take ${origin} away`}
                onClick={() => void remove(origin)}
              >
                {t`Take away`}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <form onSubmit={add} className="flex flex-wrap items-end gap-2">
        <Field
          label={t`Address of the pages`}
          hint={t`As https://erp.shop.example, with a port if it has one.`}
          error={failure || undefined}
          className="min-w-60 flex-1"
        >
          <TextInput value={text} maxLength={300} onChange={(event) => setText(event.target.value)} />
        </Field>
        <Button type="submit" busy={busy} disabledReason={text.trim() ? undefined : t`An address is needed.`}>
          {t`Allow address`}
        </Button>
      </form>
    </section>
  )
}
