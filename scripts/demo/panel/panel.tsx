import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { LanguageSwitch, SchemeSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { CloseButton, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { ClockBar } from './clock/clock-bar.tsx'
import { PanelProvider, usePanel } from './live/panel-context.tsx'
import css from './panel.module.css'
import { SiteColumn } from './site/site-column.tsx'
import { TourBar } from './tour/tour-bar.tsx'
import { useWords } from './words/words.ts'

/** The simulator panel: a living picture of both sites, with everything that can be done to them. */
export function Panel(): ReactNode {
  const t = useWords()
  return (
    <PanelProvider waiting={<main className={css.waiting}>{t('connecting')}</main>}>
      <Page />
    </PanelProvider>
  )
}

function Page(): ReactNode {
  const { state, live } = usePanel()
  return (
    <main className={css.page}>
      <Top />
      <Trouble />
      <TourBar />
      <ClockBar />
      <div className={css.sites} data-lost={live.state === 'lost' || undefined}>
        {state.sites.map((site) => (
          <SiteColumn key={site.siteId} site={site} />
        ))}
      </div>
    </main>
  )
}

function Top(): ReactNode {
  const { state } = usePanel()
  const t = useWords()
  const links = [
    [t('links.front'), state.cloud.url],
    [t('links.app'), state.cloud.memberAppUrl],
    [t('links.hq'), state.cloud.hqUrl],
  ] as const
  return (
    <header className={css.top}>
      <h1 className={css.title}>{t('title')}</h1>
      <p className={css.subtitle}>{t('subtitle')}</p>
      <nav className={css.links}>
        {links.map(([word, href]) => (
          <a key={word} href={href} target="_blank" rel="noreferrer">
            {word}
          </a>
        ))}
      </nav>
      <Group gap="xs">
        <LanguageSwitch />
        <SchemeSwitch />
      </Group>
    </header>
  )
}

/** What is wrong with the panel itself: the supervisor is silent, or an action was refused. */
function Trouble(): ReactNode {
  const { live, problem, forgetProblem } = usePanel()
  const { locale } = useLanguage()
  const t = useWords()
  const sentences = useProblemWords()
  const said = problem && sentences(problem)
  return (
    <>
      {live.state === 'lost' ? (
        <p className={css.lost} role="status">
          {t('lost', { time: formatTime(live.sinceMs, locale, 'timeSeconds') })}
        </p>
      ) : null}
      {said === undefined ? null : (
        <Notice
          tone="out"
          title={said.title || t('failed')}
          action={<CloseButton aria-label={t('close')} onClick={forgetProblem} />}
        >
          {said.hint}
        </Notice>
      )}
    </>
  )
}
