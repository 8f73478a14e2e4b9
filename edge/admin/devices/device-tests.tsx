import type { DeviceTestInput, DeviceTestOutcome, DeviceView } from '@gatehouse/shared/api/device-views'
import { isProblem, newIdempotencyKey } from '@gatehouse/shared/ui/api.ts'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { Button, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { testDevice } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'
import { whyText } from './device-words.ts'

const reasons = ['installation', 'fault', 'maintenance', 'drill'] as const

function Outcome(props: { readonly of: DeviceTestOutcome }): ReactNode {
  const t = useWords()
  const { outcome, detail } = props.of
  const why = detail === undefined ? '' : whyText(t, detail)
  if (outcome === 'done') return <Text role="status">{t('test.done')}</Text>
  return (
    <Notice
      tone={outcome === 'unknown' ? 'held' : 'out'}
      title={outcome === 'failed' ? t('test.failed', { why }) : t(`test.${outcome}`)}
    />
  )
}

/** Buttons that make a device show itself, with the reason that goes on record. */
export function DeviceTests(props: { readonly device: DeviceView }): ReactNode {
  const t = useWords()
  const words = useProblemWords()
  const { deviceId, tests } = props.device
  const [reason, setReason] = useState<DeviceTestInput['reason']>('installation')
  const [text, setText] = useState<string>(t('test.textDefault'))
  const run = useMutation({
    mutationFn: (test: DeviceTestInput['test']) =>
      testDevice(deviceId, { test, reason, ...(test === 'show_text' && { text }) }, newIdempotencyKey()),
  })
  if (tests.length === 0) return null
  const refused = isProblem(run.error) ? words(run.error.problem) : undefined
  return (
    <section aria-labelledby="tests">
      <Stack gap="sm">
        <Title order={3} size="h4" id="tests">
          {t('test.title')}
        </Title>
        <NativeSelect
          label={t('test.reason')}
          value={reason}
          onChange={({ currentTarget: { value } }) =>
            setReason(reasons.find((one) => one === value) ?? 'installation')
          }
          data={reasons.map((value) => ({ value, label: t(`test.reason.${value}`) }))}
        />
        {tests.includes('show_text') ? (
          <TextInput
            label={t('test.text')}
            value={text}
            maxLength={40}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
        ) : null}
        {tests.map((test) => (
          <Button
            key={test}
            variant="default"
            loading={run.isPending}
            disabled={test === 'show_text' && text.trim() === ''}
            onClick={() => run.mutate(test)}
            style={{ alignSelf: 'flex-start' }}
          >
            {t(`test.${test}`)}
          </Button>
        ))}
        {run.data ? <Outcome of={run.data} /> : null}
        {refused ? (
          <Notice tone="out" title={refused.title}>
            {refused.hint}
          </Notice>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('test.record')}
        </Text>
      </Stack>
    </section>
  )
}
