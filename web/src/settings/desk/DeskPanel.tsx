import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { mayNotify } from '../../inbox/prefs/bell'
import { changePrefs, type Prefs, usePrefs } from '../../inbox/prefs/prefs'
import { spoken } from '../../keys/chord'
import { Banner } from '../../ui/Banner'
import { Switch } from '../../ui/Switch'
import { Panel } from '../Panel'

/** How this person works at this machine: what sends, and what calls. Kept in this browser. */
export function DeskPanel() {
  const { t } = useLingui()
  const prefs = usePrefs()
  const [refused, setRefused] = useState(false)
  const sends: readonly { value: Prefs['send']; label: string; about: string }[] = [
    { value: 'enter', label: t`Enter sends`, about: t`Shift Enter begins a new line.` },
    { value: 'ctrl', label: t`${spoken('Mod+Enter')} sends`, about: t`Enter begins a new line.` },
  ]

  async function notice(on: boolean) {
    setRefused(false)
    if (on && !mayNotify()) {
      const answer = typeof Notification === 'undefined' ? 'denied' : await Notification.requestPermission()
      if (answer !== 'granted') {
        setRefused(true)
        return
      }
    }
    changePrefs({ notice: on })
  }

  return (
    <Panel title={t`My desk`}>
      <div className="flex max-w-160 flex-col gap-6">
        <fieldset>
          <legend className="mb-2 font-semibold text-ui">{t`Sending`}</legend>
          {sends.map(({ value, label, about }) => (
            <label key={value} className="flex min-h-9.5 items-start gap-2.5 py-1 pointer-coarse:min-h-11">
              <input
                type="radio"
                name="send"
                checked={prefs.send === value}
                onChange={() => changePrefs({ send: value })}
                className="mt-1 size-4 accent-(--ink)"
              />
              <span>
                <span className="block text-second">{label}</span>
                <span className="block text-meta text-text3">{about}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <section>
          <h3 className="font-semibold text-ui">{t`Being called`}</h3>
          <p className="mb-2 text-meta text-text3">
            {t`Only for conversations that are yours; the others wait in the list.`}
          </p>
          <Switch
            label={t`Play a sound`}
            checked={prefs.sound}
            onChange={(sound) => changePrefs({ sound })}
          />
          {prefs.sound ? (
            <Switch
              label={t`Again every 30 seconds until it is read`}
              checked={prefs.repeat}
              onChange={(repeat) => changePrefs({ repeat })}
            />
          ) : null}
          <Switch
            label={t`Show a notice of the system while this page is out of sight`}
            checked={prefs.notice}
            onChange={(on) => void notice(on)}
          />
          {refused ? (
            <Banner tone="warn" className="mt-2" title={t`The browser does not allow notices.`}>
              {t`Allow them for this page in the address bar, then switch it on again.`}
            </Banner>
          ) : null}
        </section>
        <p className="text-meta text-text3">{t`Kept in this browser, for this machine only.`}</p>
      </div>
    </Panel>
  )
}
