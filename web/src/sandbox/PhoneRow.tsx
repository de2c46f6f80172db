import { useLingui } from '@lingui/react/macro'
import { useMemo, useState } from 'react'
import { formatPhone } from '../i18n/phone'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { Select } from '../ui/Select'
import { Phone } from './phone/Phone'
import { personOf } from './phones'
import type { usePhones } from './usePhones'
import { useWide, useWorld } from './useWorld'

interface PhoneRowProps {
  phones: ReturnType<typeof usePhones>
  /** Whether the row is before somebody's eyes, and not the controls. */
  visible: boolean
  onAdd: () => void
}

/** The phones side by side; on a narrow screen one at a time, with a choice above. */
export function PhoneRow({ phones, visible, onAdd }: PhoneRowProps) {
  const { t } = useLingui()
  const wide = useWide(40)
  const customers = useWorld((world) => world.customers)
  const numbers = useWorld((world) => world.numbers)
  const [wanted, setWanted] = useState('')
  const people = useMemo(() => {
    const names = Object.fromEntries(
      phones.shown.map((each) => [each.phone, each.name]).filter(([, name]) => name),
    )
    return phones.shown.map((each) => ({ ...each, customer: personOf(each.phone, customers, names) }))
  }, [phones.shown, customers])
  const current = people.find((each) => each.phone === wanted) ?? people[0]

  if (people.length === 0) {
    return (
      <EmptyState
        title={t`No phone is shown.`}
        action={<Button variant="ink" onClick={onAdd}>{t`Add phone`}</Button>}
        className="m-auto"
      >
        {t`A phone writes to your business number as a customer would.`}
      </EmptyState>
    )
  }
  const picker =
    people.length > 1 ? (
      <Select
        aria-label={t`Phone`}
        value={current?.phone}
        onChange={(event) => setWanted(event.target.value)}
      >
        {people.map((each) => (
          <option key={each.phone} value={each.phone}>
            {`${each.customer.name} ${formatPhone(each.phone)}`}
          </option>
        ))}
      </Select>
    ) : null
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 snap-x snap-proximity gap-14 overflow-auto px-10 py-5 max-sm:overflow-hidden max-sm:px-0 max-sm:py-2">
        {/* Centred while there is room, and still reachable at both ends when there is not. */}
        <span aria-hidden className="-mr-14 flex-1 max-sm:hidden" />
        {people.map(({ phone, reads, customer }) => (
          <div key={phone} className={wide || phone === current?.phone ? 'contents' : 'hidden'}>
            <Phone
              customer={customer}
              numbers={numbers}
              reads={reads}
              visible={visible && (wide || phone === current?.phone)}
              onReads={(on) => phones.setReads(phone, on)}
              onRemove={() => phones.remove(phone)}
              picker={picker}
            />
          </div>
        ))}
        <span aria-hidden className="-ml-14 flex-1 max-sm:hidden" />
      </div>
    </div>
  )
}
