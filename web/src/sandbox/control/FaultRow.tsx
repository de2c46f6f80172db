import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { cn } from '../../ui/cn'
import { Switch } from '../../ui/Switch'
import type { FaultWish } from '../client'
import type { Fault, FaultKind } from '../model'

/** How often it strikes: a share of what passes, or so many times from now on. */
const ratios = [1, 2, 4, 10, 100] as const
const counts = [1, 3, 10] as const

/** Meta's refusals that a sender has to understand (cloud-api.md 3.4). */
const codes = [130429, 131056, 131048, 131000, 131026, 4, 80007, 190, 2] as const

/** Why a message fails that was accepted, told by a status. */
const failures = [131026, 131049, 131050, 131047, 131053, 131000, 130472] as const

const delays = [500, 1_000, 5_000, 30_000] as const

interface FaultRowProps {
  kind: FaultKind
  name: string
  /** The fault in force; null while it is off. */
  fault: Fault | null
  /** Null ends it. */
  onWish: (wish: FaultWish | null) => void
}

/** One trouble: a switch, and how it strikes. The details keep their last choice while it is off. */
export function FaultRow({ kind, name, fault, onWish }: FaultRowProps) {
  const { t, i18n } = useLingui()
  const [chosen, setChosen] = useState<FaultWish>(() => firstWish(kind))
  const wish = fault ? wishOf(fault) : chosen
  const often = oftenOf(wish)

  function change(next: FaultWish) {
    setChosen(next)
    if (fault) onWish(next)
  }

  return (
    <div className="flex flex-wrap items-center gap-x-2">
      <div className="min-w-0 flex-1 basis-40">
        <Switch label={name} checked={fault !== null} onChange={(on) => onWish(on ? chosen : null)} />
        {fault ? (
          <p className="figures -mt-1 pb-1 pl-11 text-meta text-text2">
            {fault.struck === 1 ? t`struck once` : t`struck ${i18n.number(fault.struck)} times`}
          </p>
        ) : null}
      </div>
      <div className="ml-auto flex flex-wrap items-center justify-end gap-x-2">
        {kind === 'refuse' || kind === 'fail_message' ? (
          <Choice
            name={kind === 'refuse' ? t`Code of the refusal` : t`Code of the failure`}
            on={fault !== null}
            value={String(wish.code)}
            onChange={(value) => change({ ...wish, code: Number(value) })}
            options={withCurrent(kind === 'refuse' ? codes : failures, wish.code).map((code) => [
              String(code),
              String(code),
            ])}
          />
        ) : null}
        {kind === 'delay' || kind === 'reorder_webhook' ? (
          <Choice
            name={t`How long: ${name}`}
            on={fault !== null}
            value={String(wish.delay_ms)}
            onChange={(value) => change({ ...wish, delay_ms: Number(value) })}
            options={withCurrent(delays, wish.delay_ms).map((ms) => [
              String(ms),
              `${i18n.number(ms / 1000)}\u00a0s`,
            ])}
          />
        ) : null}
        <Choice
          name={t`How often: ${name}`}
          on={fault !== null}
          value={often}
          onChange={(value) => change({ ...wish, ratio: undefined, count: undefined, ...oftenWish(value) })}
          options={[
            ...ratios.map(
              (each): Option => [`ratio ${each}`, each === 1 ? t`every time` : t`1 in ${i18n.number(each)}`],
            ),
            ...counts.map(
              (each): Option => [
                `count ${each}`,
                each === 1 ? t`the next one` : t`the next ${i18n.number(each)}`,
              ],
            ),
            ...(isListed(often) ? [] : [[often, otherWords(wish)] as Option]),
          ]}
        />
      </div>
    </div>
  )
}

type Option = [value: string, label: string]

interface ChoiceProps {
  name: string
  on: boolean
  value: string
  onChange: (value: string) => void
  options: readonly Option[]
}

/** The platform's select, as quiet as text until it is used. */
function Choice({ name, on, value, onChange, options }: ChoiceProps) {
  return (
    <select
      aria-label={name}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={cn(
        'focus-field figures field-sizing-content min-h-7 cursor-pointer rounded-control bg-surface px-1 text-right text-second hover:bg-hover pointer-coarse:min-h-11',
        on ? 'text-text' : 'text-text3',
      )}
    >
      {options.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  )
}

function firstWish(kind: FaultKind): FaultWish {
  switch (kind) {
    case 'double_webhook':
      return { kind, ratio: 0.25 }
    case 'refuse':
      return { kind, code: 130429 }
    case 'fail_message':
      return { kind, code: 131026, count: 1 }
    case 'lose_answer':
      return { kind, count: 1 }
    case 'drop_webhook':
      return { kind, ratio: 0.1 }
    case 'delay':
      return { kind, delay_ms: 1_000 }
    case 'reorder_webhook':
      return { kind, ratio: 0.25, delay_ms: 500 }
  }
}

function wishOf(fault: Fault): FaultWish {
  const { kind, code, ratio, count, delayMs } = fault
  return {
    kind,
    ...(code ? { code } : kind === 'refuse' || kind === 'fail_message' ? { code: 131000 } : {}),
    ...(ratio ? { ratio } : {}),
    ...(count ? { count } : {}),
    ...(delayMs ? { delay_ms: delayMs } : kind === 'delay' ? { delay_ms: 1_000 } : {}),
    ...(!delayMs && kind === 'reorder_webhook' ? { delay_ms: 500 } : {}),
  }
}

/** "ratio 4" is one in four, "count 3" the next three. */
function oftenOf({ ratio, count }: FaultWish): string {
  if (count) return `count ${count}`
  return `ratio ${ratio ? Math.round((1 / ratio) * 100) / 100 : 1}`
}

function oftenWish(value: string): Pick<FaultWish, 'ratio' | 'count'> {
  const [kind, figure] = value.split(' ')
  const many = Number(figure)
  if (kind === 'count') return { count: many }
  return many === 1 ? {} : { ratio: 1 / many }
}

function isListed(often: string): boolean {
  return [...ratios.map((each) => `ratio ${each}`), ...counts.map((each) => `count ${each}`)].includes(often)
}

/** A share or a number that a program chose. */
function otherWords({ ratio, count }: FaultWish): string {
  return count ? `× ${count}` : `${Math.round((ratio ?? 1) * 100)} %`
}

function withCurrent(listed: readonly number[], current: number | undefined): number[] {
  return current !== undefined && !listed.includes(current) ? [...listed, current] : [...listed]
}
