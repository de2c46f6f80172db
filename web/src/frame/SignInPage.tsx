import { useLingui } from '@lingui/react/macro'
import { Link, useSearch } from '@tanstack/react-router'
import { LanguageThemeChoices } from '../i18n/LanguageThemeChoices'
import { Banner } from '../ui/Banner'
import { Button, buttonClass } from '../ui/Button'
import { Mark } from '../ui/Mark'
import { Menu } from '../ui/Menu'
import { useSession } from './session'

/** Kontor opens with a link that carries a token; this page says where to find one, and what was wrong with the last. */
export function SignInPage() {
  const { t } = useLingui()
  const session = useSession()
  const { error } = useSearch({ strict: false })

  return (
    <main className="flex h-full flex-col items-center justify-center overflow-y-auto px-4 py-6">
      <div className="flex w-full max-w-110 flex-col gap-4">
        <div className="flex items-center gap-3">
          <Mark size={40} className="text-seal" />
          <h1 className="font-semibold font-serif text-page">{t`Sign in to Kontor`}</h1>
        </div>
        {error ? (
          <Banner
            tone="warn"
            title={error === 'link_expired' ? t`This link no longer works.` : t`The link was refused.`}
          >
            {t`A sign-in link works once, and only for a short time.`}
          </Banner>
        ) : null}
        {session.data ? (
          <>
            <p>{t`You are signed in as ${session.data.person.name}.`}</p>
            <Link to="/" className={buttonClass({ variant: 'ink', size: 'footer', className: 'self-start' })}>
              {t`Open the inbox`}
            </Link>
          </>
        ) : (
          <>
            <p className="text-pretty">
              {t`Kontor opens with a link instead of a password. It stands in the window where Kontor was started.`}
            </p>
            <div>
              <p className="mb-1.5 text-second text-text2">{t`This prints a new one, on the machine where Kontor runs:`}</p>
              <pre className="overflow-x-auto rounded-field border border-line bg-sunken px-3 py-2.5 font-mono text-second">
                kontor signin
              </pre>
            </div>
            <p className="text-second text-text2">{t`If somebody else runs Kontor for you, ask them for a link.`}</p>
          </>
        )}
        <div className="border-line border-t pt-3">
          <Menu
            align="start"
            trigger={
              <Button variant="quiet" size="small" className="-ml-2.5">
                {t`Language and appearance`}
              </Button>
            }
          >
            <LanguageThemeChoices />
          </Menu>
        </div>
      </div>
    </main>
  )
}
