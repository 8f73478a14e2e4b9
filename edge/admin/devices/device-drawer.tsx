import type { DeviceView } from '@gatehouse/shared/api/device-views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { sinceStyle } from '@gatehouse/shared/ui/format.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Drawer, Group, List, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSiteZone } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'
import { DeviceTests } from './device-tests.tsx'
import { inputText, placeText, shapeOf, whyText } from './device-words.ts'

interface Shown {
  readonly device: DeviceView
  readonly nowMs: number
}

function Fact(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

function Facts({ device, nowMs }: Shown): ReactNode {
  const t = useWords()
  const timeZone = useSiteZone()
  const { heardMs, serves, parameters } = device
  return (
    <dl className="device-facts">
      <Fact label={t('device.model')}>
        {device.title}
        <span className="device-quiet">{device.profile}</span>
      </Fact>
      <Fact label={t('device.place')}>{placeText(t, device.place)}</Fact>
      <Fact label={t('device.heard')}>
        {heardMs === undefined ? (
          t('device.never')
        ) : (
          <TimeText timeZone={timeZone} ms={heardMs} style={sinceStyle(heardMs, nowMs)} />
        )}
      </Fact>
      <Fact label={t('device.seen')}>
        {t('device.seenText', { events: device.events, garbage: device.garbage })}
      </Fact>
      <Fact label={t('device.serves')}>
        {serves.length === 0
          ? t('device.unused')
          : serves.map(({ kind, name, as }) => (
              <span key={`${kind}-${name}-${as}`} style={{ display: 'block' }}>
                {name}
              </span>
            ))}
      </Fact>
      <Fact label={t('device.parameters')}>
        {Object.entries(parameters).map(([name, value]) => (
          <span key={name} style={{ display: 'block' }}>
            {name}: {String(value)}
          </span>
        ))}
      </Fact>
    </dl>
  )
}

function Inputs({ device, nowMs }: Shown): ReactNode {
  const t = useWords()
  const timeZone = useSiteZone()
  const listens = ['contact', 'button', 'barrier', 'bay_sensor', 'reader'].includes(device.capability)
  if (!listens && device.inputs.length === 0) return null
  return (
    <section>
      <Title order={3} size="h4" mb="xs">
        {t('device.inputs')}
      </Title>
      {device.inputs.length === 0 ? <Text size="sm">{t('device.inputs.none')}</Text> : null}
      <Stack gap="xs">
        {device.inputs.map((input) => (
          <Text key={`${input.input}-${input.loop ?? ''}`} component="div" size="sm">
            <b>{inputText(t, input)}</b>{' '}
            <TimeText timeZone={timeZone} ms={input.atMs} style={sinceStyle(input.atMs, nowMs)} /> ·{' '}
            {t('device.changes', { count: input.changes })}
          </Text>
        ))}
      </Stack>
    </section>
  )
}

/** One device in full: how it stands, its inputs, tests and wiring. */
export function DeviceDrawer(props: {
  readonly device: DeviceView | undefined
  readonly nowMs: number
  readonly onClose: () => void
}): ReactNode {
  const t = useWords()
  const timeZone = useSiteZone()
  const { device, nowMs } = props
  return (
    <Drawer
      opened={device !== undefined}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={device?.name ?? ''}
      closeButtonProps={{ 'aria-label': t('device.close') }}
    >
      {device === undefined ? null : (
        <Stack gap="lg">
          <Group gap="xs">
            <StateChip state={shapeOf[device.standing]}>{t(`standing.${device.standing}`)}</StateChip>
            {device.sinceMs === undefined ? null : (
              <Text size="sm" c="dimmed">
                {t('device.since')}{' '}
                <TimeText timeZone={timeZone} ms={device.sinceMs} style={sinceStyle(device.sinceMs, nowMs)} />
              </Text>
            )}
          </Group>
          {device.detail === undefined || device.standing === 'online' ? null : (
            <Notice tone={device.standing === 'awaited' ? 'held' : 'out'} title={t('device.why')}>
              {whyText(t, device.detail)}
            </Notice>
          )}
          <DeviceTests key={device.deviceId} device={device} />
          <Inputs {...{ device, nowMs }} />
          <Facts {...{ device, nowMs }} />
          <section>
            <Title order={3} size="h4" mb="xs">
              {t('device.wiring')}
            </Title>
            {device.wiring.length === 0 ? (
              <Text size="sm">{t('device.wiring.none')}</Text>
            ) : (
              <List size="sm" spacing={4}>
                {device.wiring.map((note) => (
                  <List.Item key={note}>{note}</List.Item>
                ))}
              </List>
            )}
          </section>
        </Stack>
      )}
    </Drawer>
  )
}
