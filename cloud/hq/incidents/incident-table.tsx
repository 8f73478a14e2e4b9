import type { IncidentRow } from '@gatehouse/shared/api/access-view'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { RelativeTime, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { codeWords } from '../access/code-words.ts'
import { EntryLink } from '../access/entry-link.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'
import { Acknowledge } from './acknowledge.tsx'
import './incident-table.css'

const shapes: Readonly<Record<IncidentRow['state'], ChipState>> = {
  open: 'out',
  ended: 'free',
  moment: 'taken',
}

/** Where it happened, or what the site says that it is about; a lockdown is about who began it, and everywhere. */
function Place(props: { readonly row: IncidentRow }): ReactNode {
  const t = useWords()
  const { kind, placeName, placeId, sessionId, about } = props.row
  return kind === 'lockdown' ? t('incident.wholeSite') : (placeName ?? placeId ?? sessionId ?? about)
}

/** Until when, and who saw to it; while only a person can end it, the button that does. */
function End(props: { readonly row: IncidentRow }): ReactNode {
  const t = useWords()
  const { row } = props
  if (row.needsPerson) return <Acknowledge row={row} />
  if (row.endedMs === undefined) return '–'
  return (
    <>
      <TimeText ms={row.endedMs} timeZone={row.timeZone} style="dateTime" />
      {row.acknowledgedById === undefined ? null : (
        <Text span size="sm" c="dimmed" className="incident-site">
          {t('incident.acknowledgedBy', { name: row.acknowledgedByName ?? t('incident.someone') })}
        </Text>
      )}
    </>
  )
}

function Row(props: { readonly row: IncidentRow }): ReactNode {
  const t = useWords()
  const { row } = props
  return (
    <tr data-incident={row.incidentId} data-state={row.state}>
      <td>
        <StateChip state={shapes[row.state]}>{t(`incident.state.${row.state}`)}</StateChip>
      </td>
      <th scope="row">
        {codeWords(t, 'incident.kind', row.kind)}
        {row.silent ? (
          <Text span size="sm" c="dimmed">
            {' '}
            · {t('incident.silent')}
          </Text>
        ) : null}
      </th>
      <td>
        <span className="incident-place">
          <Place row={row} />
        </span>
        <Text span size="sm" c="dimmed" className="incident-site">
          {row.siteName}
        </Text>
      </td>
      <td data-label={t('incident.since')}>
        <TimeText ms={row.sinceMs} timeZone={row.timeZone} style="dateTime" />
        {row.state === 'open' ? (
          <Text span size="sm" c="dimmed" className="incident-ago">
            <RelativeTime ms={row.sinceMs} />
          </Text>
        ) : null}
      </td>
      <td
        data-label={row.needsPerson ? undefined : t('incident.ended')}
        data-empty={(!row.needsPerson && row.endedMs === undefined) || undefined}
      >
        <End row={row} />
      </td>
      <td>
        <EntryLink row={row} />
      </td>
    </tr>
  )
}

/** Incidents: state, what, where, since when, until when, and the entry that says so. */
export function IncidentTable(props: { readonly rows: readonly IncidentRow[] }): ReactNode {
  const t = useWords()
  return (
    <ScrollBox className="gh-card" label={t('incident.table')}>
      <table className="hq-table hq-stack incident-table">
        <thead>
          <tr>
            <th scope="col">{t('incident.state')}</th>
            <th scope="col">{t('incident.kind')}</th>
            <th scope="col">{t('incident.place')}</th>
            <th scope="col">{t('incident.since')}</th>
            <th scope="col">{t('incident.ended')}</th>
            <th scope="col">{t('access.entry')}</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <Row key={`${row.siteId}-${row.incidentId}`} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
