import { formatTime, sinceStyle } from '@gatehouse/shared/ui/format.ts'
import { languages, useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconCloudOff, IconLock, IconMoon, IconPlugConnectedX, IconSun } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useSite } from '../site/site-context.tsx'
import { useWords } from '../words/words.ts'
import css from './frame.module.css'

/** Header with language first, the offline banner only when something cannot be done, and the step below it. */
export function KioskFrame(props: { readonly children: ReactNode }): ReactNode {
  const { site } = useSite()
  const { locale } = useLanguage()
  const now = useServerNowMs()
  return (
    <div className={css.screen}>
      <header className={css.header}>
        <LanguageTools />
        <p className={css.name}>{site.name}</p>
        <SchemeTool />
        <time className={css.clock}>{formatTime(now, locale, 'time', site.timeZone)}</time>
      </header>
      <Banner />
      {props.children}
    </div>
  )
}

function LanguageTools(): ReactNode {
  const { language, setLanguage } = useLanguage()
  const t = useWords()
  return (
    <div className={css.tools}>
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          className={css.tool}
          aria-pressed={language === one}
          onClick={() => setLanguage(one)}
        >
          {t(`language.${one}`)}
        </button>
      ))}
    </div>
  )
}

function SchemeTool(): ReactNode {
  const t = useWords()
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <button
      type="button"
      className={css.tool}
      aria-label={t(dark ? 'theme.light' : 'theme.dark')}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={24} aria-hidden /> : <IconMoon size={24} aria-hidden />}
    </button>
  )
}

function Banner(): ReactNode {
  const { site, unreachableSinceMs } = useSite()
  const { locale } = useLanguage()
  const now = useServerNowMs(60_000)
  const t = useWords()
  const since = (ms: number) => formatTime(ms, locale, sinceStyle(ms, now), site.timeZone)
  if (unreachableSinceMs !== undefined) {
    return (
      <div
        className={css.banner}
        role="alert"
        style={{ background: 'var(--gh-out-tint)', color: 'var(--gh-out)' }}
      >
        <IconPlugConnectedX aria-hidden style={{ flex: 'none' }} />
        <span>
          <b>{t('unreachable.title')}</b> {t('unreachable.text')}
        </span>
      </div>
    )
  }
  if (site.lockdownSinceMs !== undefined) {
    const time = since(site.lockdownSinceMs)
    return (
      <div
        className={css.banner}
        role="alert"
        style={{ background: 'var(--gh-out-tint)', color: 'var(--gh-out)' }}
      >
        <IconLock aria-hidden style={{ flex: 'none' }} />
        <span>
          <b>{t('lockdown.title', { time })}</b> {t('lockdown.text')}
        </span>
      </div>
    )
  }
  if (site.link.state === 'live') return <div />
  const time = since(site.link.sinceMs)
  return (
    <div
      className={css.banner}
      role="status"
      style={{ background: 'var(--gh-held-tint)', color: 'var(--gh-held)' }}
    >
      <IconCloudOff aria-hidden style={{ flex: 'none' }} />
      <span>
        <b>{t('offline.title', { time })}</b> {t(`offline.${site.kind}`)}
      </span>
    </div>
  )
}
