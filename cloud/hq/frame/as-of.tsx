import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

/** When the figures beside it were true, and the same figures as a file where there is one. */
export function AsOf(props: {
  readonly ms: number | undefined
  readonly csvPath?: string
  readonly what?: string
}): ReactNode {
  const t = useWords()
  const [before, after] = t('asOf', { time: '\u0000' }).split('\u0000')
  return (
    <Group gap="sm">
      {props.ms === undefined ? null : (
        <Text size="sm" c="dimmed">
          {before}
          <TimeText ms={props.ms} style="timeSeconds" />
          {after}
        </Text>
      )}
      {props.csvPath === undefined ? null : (
        <Button
          component="a"
          href={props.csvPath}
          download
          size="xs"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          aria-label={t('csv.label', { what: props.what ?? '' })}
        >
          {t('csv')}
        </Button>
      )}
    </Group>
  )
}
