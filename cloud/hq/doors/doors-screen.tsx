import type { DoorRow } from '@gatehouse/shared/api/doors-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Anchor, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { headingName, siteQuery } from '../api/queries.ts'
import { AsOf } from '../frame/as-of.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'
import { doorsQuery } from './queries.ts'
import { RemoteButton } from './remote-button.tsx'

const route = getRouteApi('/sites/$siteId/doors')

type Told = 'closed' | 'open' | 'held_open' | 'forced'
const shapes: Readonly<Record<Told | 'unknown', ChipState>> = {
  closed: 'free',
  open: 'taken',
  held_open: 'held',
  forced: 'out',
  unknown: 'taken',
}
const isTold = (state: string | undefined): state is Told =>
  state !== undefined && Object.hasOwn(shapes, state)

interface DoorTableProps {
  readonly siteId: string
  readonly doors: readonly DoorRow[]
  readonly timeZone: string
  readonly online: boolean
  readonly mayUnlock: boolean
}

function DoorTable({ siteId, doors, timeZone, online, mayUnlock }: DoorTableProps): ReactNode {
  const t = useWords()
  return (
    <ScrollBox className="gh-card" label={t('doors.table')}>
      <table className="hq-table hq-snug hq-doors">
        <thead>
          <tr>
            <th scope="col">{t('doors.door')}</th>
            <th scope="col">{t('doors.state')}</th>
            <th scope="col" aria-label={t('doors.unlock')} />
          </tr>
        </thead>
        <tbody>
          {doors.map(({ doorId, name, state, sinceMs }) => {
            const known = isTold(state) ? state : 'unknown'
            return (
              <tr key={doorId} data-door={doorId}>
                <th scope="row">
                  {name}
                  {sinceMs === undefined ? null : (
                    <Text size="sm" c="dimmed">
                      {t('doors.since')} <TimeText ms={sinceMs} timeZone={timeZone} style="dateTime" />
                    </Text>
                  )}
                </th>
                <td>
                  <StateChip state={online ? shapes[known] : 'stale'}>{t(`doors.state.${known}`)}</StateChip>
                </td>
                <td>
                  <RemoteButton
                    siteId={siteId}
                    act={{ kind: 'unlockDoor', doorId }}
                    label={t('doors.unlock')}
                    name={t('doors.unlockOf', { name })}
                    doneText={t('doors.unlocked')}
                    disabled={!mayUnlock}
                  />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollBox>
  )
}

/** Begins a lockdown, or says since when one runs and ends it. */
function Lockdown(props: {
  readonly siteId: string
  readonly sinceMs: number | undefined
  readonly timeZone: string
  readonly online: boolean
}): ReactNode {
  const t = useWords()
  const { siteId, sinceMs, timeZone, online } = props
  const ask = (kind: 'lockdown' | 'release') => ({
    ask: { title: t(`doors.${kind}Ask`), hint: t(`doors.${kind}Hint`) },
    ...{ siteId, label: t(`doors.${kind}`), disabled: !online },
  })
  if (sinceMs === undefined) {
    return <RemoteButton {...ask('lockdown')} act={{ kind: 'startLockdown' }} danger />
  }
  return (
    <Notice tone="out" title={t('doors.lockedDown')}>
      <Stack gap="sm" align="flex-start">
        <span>
          {t('doors.lockedSince')} <TimeText ms={sinceMs} timeZone={timeZone} style="dateTime" />
        </span>
        <RemoteButton {...ask('release')} act={{ kind: 'endLockdown' }} />
      </Stack>
    </Notice>
  )
}

/** The doors of one site, live: unlock one once, or lock the site down. */
export function DoorsScreen(): ReactNode {
  const t = useWords()
  const { siteId } = route.useParams()
  const site = useQuery(siteQuery(siteId))
  const doors = useQuery(doorsQuery(siteId))
  const name = headingName(site, siteId)
  const timeZone = site.data?.timeZone ?? viewerZone()
  useDocumentTitle(`${t('doors.title', { name })} · ${t('app.name')}`)
  return (
    <Stack gap="md">
      <Anchor
        size="sm"
        renderRoot={(anchor) => <Link to="/sites/$siteId" params={{ siteId }} search={{}} {...anchor} />}
      >
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('doors.back')}
      </Anchor>
      <div className="hq-head">
        <div>
          <Title order={1}>{t('doors.title', { name })}</Title>
          <Text c="dimmed">{t('doors.lead')}</Text>
        </div>
        <AsOf ms={doors.data?.asOfMs} />
      </div>
      <Faces
        query={doors}
        rows={6}
        isEmpty={(data) => data.doors.length === 0}
        empty={<Notice title={t('doors.empty')}>{t('doors.emptyHint')}</Notice>}
      >
        {({ online, lockdownSinceMs, keepsPlaces, doors: items }) => (
          <Stack gap="md">
            {online ? null : (
              <Notice tone="held" title={t('doors.offline')}>
                {t('doors.offlineHint')}
              </Notice>
            )}
            <Lockdown {...{ siteId, timeZone, online, sinceMs: lockdownSinceMs }} />
            {keepsPlaces ? (
              <RemoteButton
                {...{ siteId, label: t('doors.forgive'), doneText: t('doors.forgiven'), disabled: !online }}
                act={{ kind: 'forgivePassback' }}
                ask={{ title: t('doors.forgiveAsk'), hint: t('doors.forgiveHint') }}
              />
            ) : null}
            <DoorTable
              {...{
                siteId,
                timeZone,
                doors: items,
                online,
                mayUnlock: online && lockdownSinceMs === undefined,
              }}
            />
          </Stack>
        )}
      </Faces>
    </Stack>
  )
}
