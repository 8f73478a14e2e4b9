import type { SiteView } from '@gatehouse/shared/api/views'
import { ClosedThen } from '@gatehouse/shared/ui/closed-then.tsx'
import { Faces, Notice, OfflineBanner } from '@gatehouse/shared/ui/faces.tsx'
import { localDate } from '@gatehouse/shared/ui/format.ts'
import { useOwnWords } from '@gatehouse/shared/ui/given-names.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft, IconQrcode } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { planQuery } from '../api/queries.ts'
import { useYours } from '../bookings/yours.ts'
import { FreeChip } from '../find/site-card.tsx'
import { useWords } from '../words/words.ts'
import { SiteFacts } from './facts.tsx'
import { SitePhotos } from './photos.tsx'
import { PlanSection } from './plan-section.tsx'
import { isSelling, useSite } from './site-answer.ts'
import './site-screen.css'
import { readWhen, wallTime } from './when.ts'
import { WhenBar } from './when-bar.tsx'

const route = getRouteApi('/sites/$siteId')

/** Since when what is shown of a site may be old. */
export function SiteOffline(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const { link, timeZone } = props.site
  if (link.state === 'live' || !isSelling(props.site)) return null
  return (
    <OfflineBanner sinceMs={link.sinceMs} timeZone={timeZone}>
      {t('site.offline')}
    </OfflineBanner>
  )
}

/** Says that a site sells nothing new, when it does not. */
export function SiteNotSelling(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const { status = 'open' } = props.site
  if (status === 'open') return null
  return (
    <Notice tone="held" title={t(`site.status.${status}`)}>
      {t('site.notSelling')}
    </Notice>
  )
}

function SitePlan(props: { readonly site: SiteView }): ReactNode {
  const { site } = props
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const now = useServerNowMs(30_000)
  const when = readWhen(search, now, site.timeZone)
  const plan = useQuery({
    ...planQuery(site.siteId, when.fromMs, when.toMs),
    placeholderData: keepPreviousData,
  })
  const yours = useYours(site.siteId, when.fromMs, when.toMs)
  const change = (next: typeof search) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
  const choose = (spaceId: string) =>
    void navigate({
      to: '/sites/$siteId/spaces/$spaceId',
      params: { siteId: site.siteId, spaceId },
      search: { date: when.date, from: wallTime(when.fromMinutes), minutes: when.minutes },
    })
  return (
    <Stack gap="md">
      <WhenBar when={when} today={localDate(now, site.timeZone)} onChange={change} />
      <ClosedThen site={site} wish={when} />
      <Faces query={plan} rows={4}>
        {(view) => (
          <PlanSection
            plan={view}
            timeZone={site.timeZone}
            levelId={search.level}
            view={search.view ?? 'plan'}
            yours={yours}
            has={search.has ?? []}
            onHas={(has) => change({ has: has.length > 0 ? [...has] : undefined })}
            onLevel={(level) => change({ level })}
            onView={(next) => change({ view: next })}
            onSelect={choose}
          />
        )}
      </Faces>
    </Stack>
  )
}

/** One site: facts, the wished time, and the live floor plan with its list equivalent. */
export function SiteScreen(): ReactNode {
  const t = useWords()
  const own = useOwnWords()
  const { siteId } = route.useParams()
  const site = useSite(siteId)
  useDocumentTitle(`${site.data?.name ?? t('find.title')} · ${t('app.name')}`)
  return (
    <Stack gap="md">
      <Anchor renderRoot={(props) => <Link to="/" {...props} />} size="sm">
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('site.back')}
      </Anchor>
      <Faces query={site}>
        {(view) => (
          <>
            <SiteOffline site={view} />
            <SiteNotSelling site={view} />
            <Stack gap={4}>
              <Group gap="sm">
                <Title order={1}>{view.name}</Title>
                <FreeChip site={view} />
              </Group>
              <Text c="dimmed">{own(view.description, view.descriptionIn)}</Text>
              <Anchor
                size="sm"
                renderRoot={(props) => <Link to="/sites/$siteId/pass" params={{ siteId }} {...props} />}
              >
                <IconQrcode size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('pass.site')}
              </Anchor>
            </Stack>
            <SitePhotos site={view} />
            <div className="site-columns">
              {isSelling(view) ? <SitePlan site={view} /> : null}
              <SiteFacts site={view} />
            </div>
          </>
        )}
      </Faces>
    </Stack>
  )
}
