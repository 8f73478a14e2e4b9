import type { LedgerLine } from '@gatehouse/shared/api/hq-views'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { UnstyledButton } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'
import { briefOf } from './entry-brief.ts'

/** The name of a type, which goes on in the next line after its dot where there is little room. */
function breakable(type: string): ReactNode {
  return type.split(/(?<=\.)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ))
}

/** Entries newest first: number, time, type, the gist, hash; each opens in full. */
export function LedgerTable(props: {
  readonly entries: readonly LedgerLine[]
  readonly timeZone: string
  readonly onOpen: (seq: number) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  return (
    <ScrollBox className="gh-card" label={t('site.live')}>
      <table className="hq-table hq-snug">
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('site.seq')}
            </th>
            <th scope="col">{t('site.time')}</th>
            <th scope="col">{t('site.type')}</th>
            <th scope="col">{t('site.body')}</th>
            <th scope="col" className="ledger-hash">
              {t('site.hash')}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.entries.map((entry) => (
            <tr key={`${entry.incarnation}-${entry.seq}`} data-seq={entry.seq}>
              <th scope="row" className="number">
                <UnstyledButton
                  className="ledger-seq"
                  aria-label={t('site.entry', { seq: entry.seq })}
                  onClick={() => props.onOpen(entry.seq)}
                >
                  #{entry.seq}
                </UnstyledButton>
              </th>
              <td>
                <TimeText ms={entry.atMs} timeZone={props.timeZone} style="timeSeconds" />
              </td>
              <td className="ledger-type">{breakable(entry.type)}</td>
              <td className="ledger-brief">{briefOf(entry.body, locale)}</td>
              <td className="hq-mono ledger-hash">{entry.hash.slice(0, 8)}…</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
