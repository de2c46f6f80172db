import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { Dialect } from '../../api/settings'
import { CopyButton } from '../../ui/CopyButton'
import { Tabs } from '../../ui/Tabs'
import { languages, type SampleLanguage, samples } from './samples'

/** How the receiving program checks that a call is genuine, in three languages. */
export function SampleCode({ dialect }: { dialect: Dialect }) {
  const { t } = useLingui()
  const [language, setLanguage] = useState<SampleLanguage>('Node')
  const code = samples[dialect][language]
  return (
    <div className="rounded-card border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
        <h3 className="min-w-0 flex-1 font-semibold text-second">
          {t`So your program knows that a call comes from here`}
        </h3>
        <CopyButton text={code} variant="quiet">
          {t`Copy code`}
        </CopyButton>
      </div>
      <Tabs
        name={t`Language of the sample`}
        value={language}
        onChange={setLanguage}
        tabs={languages.map((each) => ({ value: each, label: each }))}
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
        <pre tabIndex={0} className="focus-inside overflow-x-auto px-4 py-3 font-mono text-meta">
          {code}
        </pre>
      </Tabs>
    </div>
  )
}
