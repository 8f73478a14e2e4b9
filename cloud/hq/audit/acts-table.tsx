import type { ActView } from '@gatehouse/shared/api/audit-view'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useActText } from './act-text.ts'
import { useAuditWords } from './words/words.ts'

/** Acts newest first: number, time, what was done, by whom, to what and where; each opens in full. */
export function ActsTable(props: {
  readonly acts: readonly ActView[]
  readonly brokenAtSeq: number | undefined
  readonly onOpen: (seq: number) => void
}): ReactNode {
  const t = useAuditWords()
  const text = useActText()
  return (
    <ScrollBox className="gh-card" label={t('list')}>
      <table className="hq-table hq-stack">
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('seq')}
            </th>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('act')}</th>
            <th scope="col">{t('by')}</th>
            <th scope="col">{t('subject')}</th>
            <th scope="col">{t('site')}</th>
            <th scope="col">{t('change')}</th>
          </tr>
        </thead>
        <tbody>
          {props.acts.map((act) => (
            <tr key={act.seq} data-seq={act.seq} data-broken={act.seq === props.brokenAtSeq || undefined}>
              <th scope="row" className="number">
                <UnstyledButton
                  className="audit-seq"
                  aria-label={t('open', { seq: act.seq })}
                  onClick={() => props.onOpen(act.seq)}
                >
                  #{act.seq}
                </UnstyledButton>
              </th>
              <td>
                <TimeText ms={act.occurredMs} style="dateTime" />
              </td>
              <td>{text.act(act.act)}</td>
              <td className="audit-name" data-label={t('by')}>
                {text.actor(act)}
              </td>
              <td className="audit-name">{text.subject(act)}</td>
              <td
                className="audit-name"
                data-empty={text.site(act) === '–' || act.subject.kind === 'site' || undefined}
              >
                {text.site(act)}
              </td>
              <td className="audit-change">{text.brief(act)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
