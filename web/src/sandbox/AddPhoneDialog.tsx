import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { formatPhone } from '../i18n/phone'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { TextInput } from '../ui/TextInput'
import type { Customer } from './model'
import { digitsOf, isPhone, personOf, suggestions } from './phones'

interface AddPhoneDialogProps {
  customers: Readonly<Record<string, Customer>>
  /** Phones that are on the page already. */
  shown: readonly string[]
  onAdd: (phone: string, name: string) => void
  onClose: () => void
}

/** How many of the phones that exist are offered; a load test can have made thousands. */
const most = 6

/** One more phone: by its number, somebody who exists but is not shown, or a suggestion. */
export function AddPhoneDialog({ customers, shown, onAdd, onClose }: AddPhoneDialogProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const digits = digitsOf(typed)
  const twice = shown.includes(digits)
  const wrong = twice
    ? t`This phone is on the page already.`
    : isPhone(digits)
      ? ''
      : t`A phone number has 7 to 15 digits, with its country code.`
  const offers = offersFor(customers, shown, digits, name)

  return (
    <Dialog
      open
      onOpenChange={onClose}
      keepOpen={typed !== '' || name !== ''}
      title={t`Whose phone?`}
      description={t`The person exists for the sandbox from their first message on.`}
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!wrong) onAdd(digits, name.trim())
        }}
      >
        <Field label={t`Phone number`} error={tried && wrong ? wrong : undefined}>
          <TextInput
            type="tel"
            autoComplete="off"
            placeholder="+49 152 5550 1286"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <Field label={t`Name (optional)`}>
          <TextInput
            autoComplete="off"
            dir="auto"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {offers.length > 0 ? (
          <div>
            <p className="mb-1 font-semibold text-second">{t`Or one of these`}</p>
            <ul className="-mx-1">
              {offers.map((each) => (
                <li key={each.phone}>
                  <button
                    type="button"
                    onClick={() => onAdd(each.phone, each.name)}
                    className="focus-inside flex min-h-11 w-full items-center gap-3 rounded-control px-1 text-left hover:bg-hover"
                  >
                    <Avatar id={each.phone} name={each.name} of="customer" size={28} />
                    <span dir="auto" className="min-w-0 flex-1 truncate text-second">
                      {each.name}
                    </span>
                    <span className="figures text-meta text-text2">{formatPhone(each.phone)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button type="submit" variant="ink">
            {t`Add phone`}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Who exists comes before who could; what is typed narrows both. */
function offersFor(
  customers: Readonly<Record<string, Customer>>,
  shown: readonly string[],
  digits: string,
  name: string,
): Customer[] {
  const known = Object.values(customers).sort(
    (a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0),
  )
  const possible = suggestions
    .filter((each) => !customers[each.phone])
    .map((each) => personOf(each.phone, {}, {}))
  return [...known, ...possible]
    .filter(
      (each) =>
        !shown.includes(each.phone) &&
        each.phone.includes(digits) &&
        each.name.toLowerCase().includes(name.trim().toLowerCase()),
    )
    .slice(0, most)
}
