import { useLingui } from '@lingui/react/macro'
import { LogOut, Settings } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { setLocale } from '../api/calls'
import { LanguageThemeChoices } from '../i18n/LanguageThemeChoices'
import { withWords } from '../i18n/language'
import { Avatar } from '../ui/Avatar'
import { Menu, MenuItem, MenuLine } from '../ui/Menu'
import { signOut, useSession } from './session'

const availability = () => withWords('team', import('../team/Availability'))
const AvailabilityMark = lazy(() =>
  availability().then(({ AvailabilityMark }) => ({ default: AvailabilityMark })),
)
const AvailabilityChoice = lazy(() =>
  availability().then(({ AvailabilityChoice }) => ({ default: AvailabilityChoice })),
)

/** Whether one takes new conversations, language, appearance and the way out, behind the picture of the signed-in person. */
export function PersonMenu() {
  const { t } = useLingui()
  const person = useSession().data?.person
  const answers = person?.rights.includes('assign')
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button
          type="button"
          className="relative flex size-11 items-center justify-center rounded-field text-text2 hover:bg-hover sm:text-rail-text sm:hover:bg-rail-active"
        >
          <span className="sr-only">
            {person ? t`${person.name}: language, appearance, sign out` : t`Language and appearance`}
          </span>
          {person ? (
            <span className="relative">
              <Avatar id={person.id} name={person.name} of="person" size={28} />
              {answers ? (
                <Suspense>
                  <AvailabilityMark />
                </Suspense>
              ) : null}
            </span>
          ) : (
            <Settings aria-hidden size={20} strokeWidth={1.75} />
          )}
        </button>
      }
    >
      {answers ? (
        <Suspense>
          <AvailabilityChoice />
        </Suspense>
      ) : null}
      <LanguageThemeChoices onLanguage={person ? keepLocale : undefined} />
      {person ? (
        <>
          <MenuLine />
          <MenuItem icon={<LogOut aria-hidden size={15} strokeWidth={1.75} />} onSelect={signOut}>
            {t`Sign out`}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  )
}

/** The choice follows the person to other machines; this one has it already, so a failure changes nothing. */
function keepLocale(language: string) {
  setLocale(language).catch(() => undefined)
}
