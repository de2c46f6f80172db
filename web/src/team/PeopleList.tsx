import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { AgentLoad } from '../api/desk'
import { isLead } from '../frame/roles'
import { usePerson } from '../frame/session'
import { plain } from '../inbox/palette/match'
import { Banner } from '../ui/Banner'
import { SearchInput } from '../ui/SearchInput'
import { HandOverDialog } from './HandOverDialog'
import { sortPeople } from './load'
import { columns, PersonRow } from './PersonRow'
import { useRouting } from './queries'
import { RowList } from './Row'

/** From so many on somebody is easier found than read. */
const many = 12

/** Everybody with what they have; those whose account is closed first, as long as something is left with them. */
export function PeopleList({ agents }: { agents: readonly AgentLoad[] }) {
  const { t, i18n } = useLingui()
  const lead = isLead(usePerson().role)
  const [question, setQuestion] = useState('')
  const [from, setFrom] = useState<AgentLoad | null>(null)
  const teams = useRouting().data ?? []
  const { people, gone } = sortPeople(agents, i18n.locale)
  const shown = people.filter(({ person }) => plain(person.name).includes(plain(question)))
  const onHandOver = lead ? setFrom : undefined
  const heads = [t`Person`, t`Has open`, t`Unread`, t`Put away`, t`Takes new ones`]

  return (
    <>
      {gone.length > 0 ? (
        <div>
          <Banner tone="warn" title={t`Conversations lie with people who are no longer here.`}>
            {t`Nobody answers them. Hand them over to a person or a team.`}
          </Banner>
          <ul aria-label={t`Closed accounts with conversations`} className="mt-2 border-line border-t">
            {gone.map((agent) => (
              <PersonRow
                key={agent.person.person_id}
                agent={agent}
                teams={teams}
                gone
                onHandOver={onHandOver}
              />
            ))}
          </ul>
        </div>
      ) : null}
      <RowList
        title={t({ message: 'People', context: 'of the house' })}
        columns={columns}
        heads={heads}
        action={
          people.length > many ? (
            <SearchInput
              name={t`Find a person`}
              value={question}
              onChange={(event) => setQuestion(event.target.value)}
              className="w-56 max-sm:w-full"
            />
          ) : null
        }
      >
        {shown.map((agent) => (
          <PersonRow key={agent.person.person_id} agent={agent} teams={teams} onHandOver={onHandOver} />
        ))}
        {shown.length === 0 ? (
          <li className="px-3 py-3 text-second text-text2">{t`Nobody is called so.`}</li>
        ) : null}
      </RowList>
      {from ? <HandOverDialog from={from} onClose={() => setFrom(null)} /> : null}
    </>
  )
}
