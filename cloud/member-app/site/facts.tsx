import type { SiteView } from '@gatehouse/shared/api/views'
import { useFeatureWords } from '@gatehouse/shared/ui/code-words.ts'
import { addDays, localDate } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useHolidayWords } from '@gatehouse/shared/ui/space-facts.ts'
import { useSpaceKindWords } from '@gatehouse/shared/ui/space-list.tsx'
import { bayClassSchema } from '@gatehouse/shared/wire/v1/directory'
import { Anchor, Badge, Group, Stack, Text, Title } from '@mantine/core'
import { IconMap2, IconNavigation } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { mapLinks } from './map-links.ts'
import { isSelling } from './site-answer.ts'

/** How many of the next holidays are listed. */
const holidaysMax = 4
const aheadDays = 330

/** The name of a weekday, 1 = Monday. */
function weekdayName(weekday: number, locale: string): string {
  // 2024-01-01 was a Monday.
  const day = Date.UTC(2024, 0, weekday, 12)
  return new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(day)
}

function Hours(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { openingHours } = props.site
  const always =
    openingHours.length === 7 && openingHours.every(({ from, to }) => from === '00:00' && to === '24:00')
  const holidays = <Holidays site={props.site} />
  if (always) {
    return (
      <>
        <Text size="sm">{t('site.always')}</Text>
        {holidays}
      </>
    )
  }
  return (
    <>
      <dl className="site-hours gh-figures">
        {[1, 2, 3, 4, 5, 6, 7].map((weekday) => {
          const windows = openingHours.filter((hours) => hours.weekday === weekday)
          const text = windows.map(({ from, to }) => `${from}–${to}`).join(', ')
          return (
            <div key={weekday}>
              <dt>{weekdayName(weekday, locale)}</dt>
              <dd>{text || t('site.closed')}</dd>
            </div>
          )
        })}
      </dl>
      {holidays}
    </>
  )
}

function Holidays(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const words = useHolidayWords()
  // Dates are written without their year.
  const lastDate = addDays(localDate(props.site.nowMs, props.site.timeZone), aheadDays)
  const holidays = (props.site.holidays ?? []).filter(({ date }) => date <= lastDate).slice(0, holidaysMax)
  if (holidays.length === 0) return null
  return (
    <ul className="site-holidays" aria-label={t('site.holidays')}>
      {holidays.map((holiday) => (
        <li key={holiday.date}>{words(holiday)}</li>
      ))}
    </ul>
  )
}

function FreeNow(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const kindWords = useSpaceKindWords()
  const { link, freeNow } = props.site
  const nameOf = (kind: string) =>
    kindWords(bayClassSchema.safeParse(kind).success ? { kind: 'bay', bayClass: kind } : { kind })
  return (
    <div>
      <Title order={2} size="h3">
        {t(link.state === 'live' ? 'site.freeNow' : 'site.freeThen')}
      </Title>
      <dl className="site-free gh-figures">
        {Object.entries(freeNow).map(([kind, { free, total }]) => (
          <div key={kind}>
            <dt>{nameOf(kind)}</dt>
            <dd>{t('site.freeOf', { free, total })}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** What is free per kind or bay class, opening hours, amenities and the way there. */
export function SiteFacts(props: { readonly site: SiteView }): ReactNode {
  const t = useWords()
  const featureWords = useFeatureWords()
  const { site } = props
  const links = mapLinks(site.position)
  return (
    <Stack gap="md" className="gh-card" p="md" component="aside">
      {isSelling(site) ? <FreeNow site={site} /> : null}
      <div>
        <Title order={2} size="h3">
          {t('site.hours')}
        </Title>
        <Hours site={site} />
      </div>
      {site.amenities.length > 0 ? (
        <div>
          <Title order={2} size="h3">
            {t('site.amenities')}
          </Title>
          <Group gap="xs" mt="xs">
            {site.amenities.map((amenity) => (
              <Badge key={amenity} variant="default" size="lg" tt="none" fw={400}>
                {featureWords(amenity)}
              </Badge>
            ))}
          </Group>
        </div>
      ) : null}
      <div>
        <Title order={2} size="h3">
          {t('site.address')}
        </Title>
        {site.operatorName === undefined ? null : (
          <Text size="sm">{t('site.operator', { name: site.operatorName })}</Text>
        )}
        <Text size="sm">{site.address}</Text>
        <Group gap="md">
          <Anchor size="sm" href={links.page} target="_blank" rel="noreferrer">
            <IconMap2 size={14} aria-hidden /> {t('site.map')}
          </Anchor>
          <Anchor size="sm" href={links.device}>
            <IconNavigation size={14} aria-hidden /> {t('site.navigate')}
          </Anchor>
        </Group>
      </div>
    </Stack>
  )
}
