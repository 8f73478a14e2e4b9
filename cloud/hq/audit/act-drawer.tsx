import type { ActView } from '@gatehouse/shared/api/audit-view'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { DetailDrawer } from '../frame/detail-drawer.tsx'
import { Fact } from '../frame/fact.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { detailLines, useActText } from './act-text.ts'
import { useAuditWords } from './words/words.ts'

function Details(props: { readonly act: ActView }): ReactNode {
  const t = useAuditWords()
  const text = useActText()
  const lines = detailLines(props.act)
  if (lines.length === 0) return null
  return (
    <ScrollBox label={t('details')}>
      <table className="hq-table audit-details">
        <thead>
          <tr>
            <th scope="col">{t('field')}</th>
            <th scope="col">{t('before')}</th>
            <th scope="col">{t('after')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row">{text.field(line.name)}</th>
              <td>{text.value(line, 'before')}</td>
              <td>{text.value(line, 'after')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

/** One act in full: who, from where, before and after, and its place in the chain. */
export function ActDrawer(props: {
  readonly act: ActView | undefined
  readonly onClose: () => void
}): ReactNode {
  const t = useAuditWords()
  const text = useActText()
  const { act } = props
  return (
    <DetailDrawer title={act && t('open', { seq: act.seq })} close={t('close')} onClose={props.onClose}>
      {act ? (
        <Stack gap="md">
          <dl className="audit-facts">
            <Fact label={t('act')}>{text.act(act.act)}</Fact>
            <Fact label={t('time')}>
              <TimeText ms={act.occurredMs} style="dateTime" />
            </Fact>
            <Fact label={t('by')}>{text.actor(act)}</Fact>
            <Fact label={t('subject')}>
              {text.subject(act)}
              {act.subjectName === undefined ? null : <span className="hq-mono"> · {act.subject.id}</span>}
            </Fact>
            <Fact label={t('site')}>{text.site(act)}</Fact>
            {act.operatorId === undefined ? null : <Fact label={t('operator')}>{act.operatorId}</Fact>}
            {act.address === undefined ? null : <Fact label={t('address')}>{act.address}</Fact>}
          </dl>
          <Details act={act} />
          <dl className="audit-facts hq-mono">
            {act.traceId === undefined ? null : <Fact label={t('trace')}>{act.traceId}</Fact>}
            <Fact label={t('hash')}>{act.hash}</Fact>
            <Fact label={t('prev')}>{act.prev}</Fact>
          </dl>
        </Stack>
      ) : null}
    </DetailDrawer>
  )
}
