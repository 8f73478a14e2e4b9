import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IconClockPause, IconCloudCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelEntry, PanelSite } from '../../panel-contract.ts'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import css from './ledger.module.css'

const shownMax = 10

/** The newest entries of a site's ledger, each waiting or in the cloud, and the two heads. */
export function Ledger(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const t = useWords()
  const entries = site.ledgerTail.slice(0, shownMax)
  return (
    <section>
      <div className={css.head}>
        <h3 className={panel.heading}>{t('ledger.title', { name: site.name })}</h3>
        <span className={css.heads}>
          {t('ledger.head')} <b>#{site.headSeq}</b> · {t('ledger.cloudHead')} <b>#{site.cloudHeadSeq}</b>
        </span>
      </div>
      {entries.length === 0 ? (
        <p className={panel.hint}>{t('ledger.empty')}</p>
      ) : (
        <ol className={css.entries} aria-live="off">
          {entries.map((entry) => (
            <Row key={entry.seq} entry={entry} timeZone={site.timeZone} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Row(props: { readonly entry: PanelEntry; readonly timeZone: string }): ReactNode {
  const { entry } = props
  const { locale } = useLanguage()
  const t = useWords()
  const Icon = entry.uploaded ? IconCloudCheck : IconClockPause
  return (
    <li className={css.entry} data-uploaded={entry.uploaded} data-type={entry.type}>
      <span className={css.seq}>#{entry.seq}</span>
      <time className={css.time}>{formatTime(entry.atMs, locale, 'timeSeconds', props.timeZone)}</time>
      <span className={css.type}>{entry.type}</span>
      <code className={css.hash}>{entry.hash.slice(0, 6)}…</code>
      <span className={css.state}>
        <Icon size={16} aria-hidden />
        {t(entry.uploaded ? 'ledger.uploaded' : 'ledger.waiting')}
      </span>
    </li>
  )
}
