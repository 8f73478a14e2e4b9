import type { LedgerLine } from '@gatehouse/shared/api/hq-views'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Drawer, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'

function Fact(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

/** One entry in full: frame, hashes and body, exactly as the site wrote it. */
export function EntryDrawer(props: {
  readonly entry: LedgerLine | undefined
  readonly timeZone: string
  readonly onClose: () => void
}): ReactNode {
  const t = useWords()
  const { entry } = props
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={entry ? t('site.entry', { seq: entry.seq }) : ''}
      closeButtonProps={{ 'aria-label': t('site.close') }}
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
    </Drawer>
  )
}
