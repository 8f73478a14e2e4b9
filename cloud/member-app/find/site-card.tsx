import type { SiteView } from '@gatehouse/shared/api/views'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import { Group, Stack, Text } from '@mantine/core'
import { IconBriefcase, IconChevronRight, IconParking } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { freeSummary } from './free-summary.ts'

/** Metres in the words a walker or driver uses. */
function useDistanceWords(): (meters: number) => string {
  const t = useWords()
  const { locale } = useLanguage()
  return (meters) => {
    if (meters < 950) return t('find.m', { m: Math.round(meters / 50) * 50 })
    const digits = meters < 9_950 ? 1 : 0
    const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits }
    return t('find.km', { km: (meters / 1_000).toLocaleString(locale, shape) })
  }
}

/** Free spaces of a site now as a chip; grey and dated while the site is not heard. */
export function FreeChip(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const { site } = props
  if (site.status === 'closed') return <StateChip state="out">{t('find.siteClosed')}</StateChip>
  if (site.status === 'coming_soon') return <StateChip state="held">{t('find.comingSoon')}</StateChip>
  if (site.link.state === 'offline') {
    return (
      <StateChip state="stale">
        {t('find.offline')}
        {site.link.sinceMs === 0 ? null : (
          <>
            {' '}
            · <RelativeTime ms={site.link.sinceMs} />
          </>
        )}
      </StateChip>
    )
  }
  const { free, total } = freeSummary(site)
  if (!site.openNow) return <StateChip state="taken">{t('find.closed')}</StateChip>
  if (free === 0) return <StateChip state="taken">{t('find.full')}</StateChip>
  return <StateChip state="free">{t('find.freeNow', { free, total })}</StateChip>
}

/** A site in the list of sites: name, place, what is free, how far. */
export function SiteCard(props: {
  readonly site: SiteView
  readonly meters?: number | undefined
}): ReactNode {
  const t = useWords()
  const distance = useDistanceWords()
  const { site } = props
  const Icon = site.kind === 'parking' ? IconParking : IconBriefcase
  return (
    <Link to="/sites/$siteId" params={{ siteId: site.siteId }} className="gh-card site-card">
      <Group wrap="nowrap" align="flex-start" gap="md" p="md">
        <Icon size={28} aria-hidden color="var(--gh-brand)" style={{ flex: 'none' }} />
        <Stack gap="xs" style={{ flex: 1, minWidth: 0 }}>
          <div>
            <Text fw={600}>{site.name}</Text>
            <Text size="sm" c="dimmed">
              {site.address}
            </Text>
          </div>
          <Group gap="xs">
            <FreeChip site={site} />
            <Text size="sm" c="dimmed">
              {props.meters === undefined
                ? t(site.kind === 'parking' ? 'find.parking' : 'find.coworking')
                : distance(props.meters)}
            </Text>
          </Group>
        </Stack>
        <IconChevronRight size={20} aria-hidden color="var(--gh-muted)" style={{ alignSelf: 'center' }} />
      </Group>
    </Link>
  )
}
