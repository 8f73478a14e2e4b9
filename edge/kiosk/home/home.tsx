import { addDays, formatTime, localDate } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useHolidayWords } from '@gatehouse/shared/ui/space-facts.ts'
import { StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { IconCalendarPlus, IconDoorEnter, IconHelp, IconParking, type TablerIcon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import frame from '../frame/frame.module.css'
import { useSite } from '../site/site-context.tsx'
import { useWords } from '../words/words.ts'
import css from './home.module.css'

interface Verb {
  readonly to: '/book' | '/check-in' | '/parking' | '/help'
  readonly word: 'book' | 'checkIn' | 'pay' | 'help'
  /** The feature of the site that brings the tile; help is always there. */
  readonly feature?: string
  readonly Icon: TablerIcon
}

const verbs: readonly Verb[] = [
  { to: '/book', word: 'book', feature: 'book', Icon: IconCalendarPlus },
  { to: '/check-in', word: 'checkIn', feature: 'check_in', Icon: IconDoorEnter },
  { to: '/parking', word: 'pay', feature: 'pay_parking', Icon: IconParking },
  { to: '/help', word: 'help', Icon: IconHelp },
]

interface Offering {
  readonly kind: string
  readonly features: readonly string[]
  readonly status?: string | undefined
}

/** The verbs this site has now: what most people come for first, so a garage begins with paying; a closed one sells nothing. */
function verbsOf(site: Offering): readonly Verb[] {
  const { status = 'open' } = site
  const offered = verbs.filter(
    ({ feature, word }) =>
      feature === undefined || (site.features.includes(feature) && (word !== 'book' || status === 'open')),
  )
  if (site.kind !== 'parking') return offered
  return offered.toSorted((a, b) => Number(b.word === 'pay') - Number(a.word === 'pay'))
}

/** The start screen: what is free now, and at most four verbs, low enough to reach. */
export function Home(): ReactNode {
  const { site } = useSite()
  const t = useWords()
  return (
    <>
      <main className={frame.main}>
        <div className={css.home}>
          <FreeNow />
          <div className={css.verbs}>
            <h1 className={frame.title}>{t('home.title')}</h1>
            <nav className={css.tiles} aria-label={t('home.title')}>
              {verbsOf(site).map(({ to, word, Icon }, index) => (
                <Link key={to} to={to} className={css.tile} data-first={index === 0 ? true : undefined}>
                  <Icon size={48} stroke={1.75} aria-hidden />
                  <span>
                    <span className={css.verb}>{t(`home.${word}`)}</span>
                    <span className={css.hint}>
                      {t(
                        word === 'book' && site.kind === 'parking' ? 'home.bookBayHint' : `home.${word}Hint`,
                      )}
                    </span>
                  </span>
                </Link>
              ))}
            </nav>
          </div>
        </div>
      </main>
      <div />
    </>
  )
}

function FreeNow(): ReactNode {
  const { site, unreachableSinceMs } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const kinds = Object.entries(site.freeNow)
  const { status = 'open' } = site
  if (status !== 'open') {
    return (
      <div>
        <p className={css.freeTitle}>{t(`home.status.${status}`)}</p>
        <p className={frame.lead}>{t('home.notSelling')}</p>
      </div>
    )
  }
  if (!site.openNow) {
    return (
      <div>
        <p className={css.freeTitle}>{t('home.closed')}</p>
        <NextHoliday />
      </div>
    )
  }
  if (kinds.every(([, { free }]) => free === 0)) return <p className={frame.lead}>{t('home.nothingFree')}</p>
  // By the site's clock, as the site last told it.
  const time = formatTime(site.nowMs, locale, 'time', site.timeZone)
  const isOld = unreachableSinceMs !== undefined
  const title = isOld ? t('home.freeThen', { time }) : t('home.freeNow')
  return (
    <section aria-label={title}>
      <h2 className={css.freeTitle}>{title}</h2>
      <ul className={css.free}>
        {kinds.map(([kind, { free }]) => (
          <li
            key={kind}
            className={css.freeItem}
            data-none={free === 0 || undefined}
            data-old={isOld || undefined}
          >
            <StateShape state={isOld ? 'stale' : free > 0 ? 'free' : 'taken'} size={18} />
            {t(`kind.${kind}` as 'kind.desk', { count: free })}
          </li>
        ))}
      </ul>
      <NextHoliday />
    </section>
  )
}

const soonDays = 14

/** The next day with other hours, while it is near enough to matter. */
function NextHoliday(): ReactNode {
  const { site } = useSite()
  const words = useHolidayWords()
  const last = addDays(localDate(site.nowMs, site.timeZone), soonDays)
  const next = site.holidays?.find(({ date }) => date <= last)
  return next === undefined ? null : <p className={frame.lead}>{words(next)}</p>
}
