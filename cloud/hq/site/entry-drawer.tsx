import type { LedgerLine } from '@gatehouse/shared/api/hq-views'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { DetailDrawer } from '../frame/detail-drawer.tsx'
import { Fact } from '../frame/fact.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'

/** One entry in full: frame, hashes and body, exactly as the site wrote it. */
export function EntryDrawer(props: {
  readonly entry: LedgerLine | undefined
  readonly timeZone: string
  readonly onClose: () => void
}): ReactNode {
  const t = useWords()
  const { entry } = props
  return (
    <DetailDrawer
      title={entry && t('site.entry', { seq: entry.seq })}
      close={t('site.close')}
      onClose={props.onClose}
    >
      {entry ? (
        <Stack gap="md">
          <dl className="entry-facts">
            <Fact label={t('site.type')}>{entry.type}</Fact>
            <Fact label={t('site.time')}>
              <TimeText ms={entry.atMs} timeZone={props.timeZone} style="dateTime" />
            </Fact>
            <Fact label={t('site.quality')}>{t(`site.quality.${entry.quality}`)}</Fact>
            <Fact label={t('site.received')}>
              <TimeText ms={entry.receivedMs} timeZone={props.timeZone} style="dateTime" />
            </Fact>
            <Fact label={t('site.command')}>{entry.commandId}</Fact>
            <Fact label={t('site.hash')}>
              <span className="hq-mono">{entry.hash}</span>
            </Fact>
            <Fact label={t('site.prev')}>
              <span className="hq-mono">{entry.prev}</span>
            </Fact>
          </dl>
          <ScrollBox label={t('site.body')}>
            <pre className="entry-body hq-mono">{JSON.stringify(entry.body, null, 2)}</pre>
          </ScrollBox>
        </Stack>
      ) : null}
    </DetailDrawer>
  )
}
