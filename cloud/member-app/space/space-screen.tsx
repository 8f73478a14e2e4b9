import type { PlanView, SiteView, SpaceView } from '@gatehouse/shared/api/views'
import { useFeatureWords } from '@gatehouse/shared/ui/code-words.ts'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { addDays, formatTime, instantOf, localDate, viewerZone } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useAvailabilityWords, useSpaceFacts } from '@gatehouse/shared/ui/space-facts.ts'
import { useSpaceKindWords } from '@gatehouse/shared/ui/space-list.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { ActionIcon, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { dayQuery, planQuery } from '../api/queries.ts'
import { isSelling, useSite } from '../site/site-answer.ts'
import { SiteNotSelling, SiteOffline } from '../site/site-screen.tsx'
import { minutesAfterMidnight, readWhen, type When, wallTime } from '../site/when.ts'
import { WhenBar } from '../site/when-bar.tsx'
import { useWords } from '../words/words.ts'
import { isFreeFor } from './day-segments.ts'
import { DaySlots } from './day-slots.tsx'
import { HoldPanel } from './hold-panel.tsx'

const route = getRouteApi('/sites/$siteId/spaces/$spaceId')

function DayTurner(props: {
  readonly when: When
  readonly today: string
  readonly timeZone: string
  readonly onDate: (date: string) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { date } = props.when
  const noon = instantOf(date, 720, props.timeZone)
  return (
    <Group justify="space-between" wrap="nowrap">
      <ActionIcon
        variant="default"
        size={44}
        aria-label={t('space.previousDay')}
        disabled={date <= props.today}
        onClick={() => props.onDate(addDays(date, -1))}
      >
        <IconChevronLeft size={20} aria-hidden />
      </ActionIcon>
      <Title order={2}>{formatTime(noon, locale, 'date', props.timeZone)}</Title>
      <ActionIcon
        variant="default"
        size={44}
        aria-label={t('space.nextDay')}
        onClick={() => props.onDate(addDays(date, 1))}
      >
        <IconChevronRight size={20} aria-hidden />
      </ActionIcon>
    </Group>
  )
}

function UnknownSpace(): ReactNode {
  const t = useWords()
  return (
    <>
      <Title order={1}>{t('space.unknown')}</Title>
      <Text c="dimmed">{t('space.unknownHint')}</Text>
    </>
  )
}

function SpaceHead(props: {
  readonly space: SpaceView
  readonly spaces: readonly SpaceView[]
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const kindWords = useSpaceKindWords()
  const featureWords = useFeatureWords()
  const ui = useUiWords()
  const factsOf = useSpaceFacts()
  const availabilityOf = useAvailabilityWords()
  const { space } = props
  const parts = props.spaces.filter(({ spaceId }) => space.parts?.includes(spaceId))
  const made =
    parts.length > 0 ? [ui('space.parts', { names: parts.map(({ name }) => name).join(' + ') })] : []
  // A charging point is told with its power.
  const features = space.features.filter((code) => code !== 'charging' || space.charging === undefined)
  const more = [
    ...made,
    ...factsOf(space),
    ...features.map(featureWords),
    ...availabilityOf(space, props.timeZone),
  ]
  useDocumentTitle(`${space.name} · ${t('app.name')}`)
  const seats = space.kind === 'bay' ? [] : [t('space.seats', { count: space.capacity })]
  return (
    <div>
      <Title order={1}>{space.name}</Title>
      <Text c="dimmed">{[kindWords(space), ...seats, ...more].join(' · ')}</Text>
    </div>
  )
}

function SpaceDay(props: {
  readonly site: SiteView
  readonly plan: PlanView
  readonly when: When
}): ReactNode {
  const t = useWords()
  const { siteId, spaceId } = route.useParams()
  const navigate = route.useNavigate()
  const { site, when } = props
  const today = localDate(useServerNowMs(30_000), site.timeZone)
  const space = props.plan.spaces.find((candidate) => candidate.spaceId === spaceId)
  const day = useQuery({ ...dayQuery(siteId, spaceId, when.date), placeholderData: keepPreviousData })
  if (space === undefined) return <UnknownSpace />
  const chosen = { date: when.date, from: wallTime(when.fromMinutes), minutes: when.minutes }
  const change = (next: Partial<typeof chosen>, to = spaceId) =>
    void navigate({
      to: '/sites/$siteId/spaces/$spaceId',
      params: { siteId, spaceId: to },
      search: { ...chosen, ...next },
      replace: true,
      resetScroll: false,
    })
  const startAt = (fromMs: number) => ({
    date: localDate(fromMs, site.timeZone),
    from: wallTime(minutesAfterMidnight(fromMs, site.timeZone)),
  })
  const chooseStart = (fromMs: number) => change(startAt(fromMs))
  const stale = site.link.state === 'offline'
  return (
    <Stack gap="md">
      <SpaceHead space={space} spaces={props.plan.spaces} timeZone={site.timeZone} />
      {!isSelling(site) ? null : space.bookable ? (
        <div className="site-columns">
          <Stack gap="md">
            <DayTurner
              when={when}
              today={today}
              timeZone={site.timeZone}
              onDate={(date) => change({ date })}
            />
            <WhenBar
              hideDay
              when={when}
              today={today}
              onChange={(next) => change(next as Partial<typeof chosen>)}
            />
            <Faces query={day} rows={4}>
              {(view) => <DaySlots day={view} chosen={when} stale={stale} onChoose={chooseStart} />}
            </Faces>
          </Stack>
          <HoldPanel
            site={site}
            space={space}
            fromMs={when.fromMs}
            toMs={when.toMs}
            free={day.data && isFreeFor(day.data.slots, when.fromMs, when.toMs)}
            onAlternative={({ spaceId: other, fromMs, toMs }) =>
              change({ ...startAt(fromMs), minutes: Math.round((toMs - fromMs) / 60_000) }, other)
            }
          />
        </div>
      ) : (
        <Notice title={t('space.notBookable')} />
      )}
    </Stack>
  )
}

/** One space: its day, the rule that blocks a time, the price of the chosen one, and the hold. */
export function SpaceScreen(): ReactNode {
  const { siteId } = route.useParams()
  const search = route.useSearch()
  const now = useServerNowMs(30_000)
  const site = useSite(siteId)
  const timeZone = site.data?.timeZone ?? viewerZone()
  const when = readWhen(search, now, timeZone)
  const plan = useQuery({
    ...planQuery(siteId, when.fromMs, when.toMs),
    enabled: site.data !== undefined,
    placeholderData: keepPreviousData,
  })
  return (
    <Stack gap="md">
      <Anchor
        size="sm"
        renderRoot={(props) => <Link to="/sites/$siteId" params={{ siteId }} search={search} {...props} />}
      >
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {site.data?.name ?? ''}
      </Anchor>
      <Faces query={site}>
        {(view) => (
          <>
            <SiteOffline site={view} />
            <SiteNotSelling site={view} />
            <Faces query={plan} rows={4}>
              {(loaded) => <SpaceDay site={view} plan={loaded} when={when} />}
            </Faces>
          </>
        )}
      </Faces>
    </Stack>
  )
}
