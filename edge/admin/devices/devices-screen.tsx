import type { DevicesView, DeviceView } from '@gatehouse/shared/api/device-views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { devicesQuery } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'
import { Buses } from './buses.tsx'
import { DeviceDrawer } from './device-drawer.tsx'
import { placeText, shapeOf, whyText } from './device-words.ts'
import './devices-screen.css'

const needsLook = ({ standing }: DeviceView) => standing !== 'online' && standing !== 'awaited'

function DeviceRow(props: { readonly device: DeviceView; readonly onOpen: () => void }): ReactNode {
  const t = useWords()
  const { device } = props
  return (
    <li data-device={device.deviceId}>
      <button
        type="button"
        className="device-row"
        aria-label={t('device.open', { name: device.name })}
        onClick={props.onOpen}
      >
        <span>
          <b>{device.name}</b>
          <span className="device-quiet">{device.title}</span>
        </span>
        <span className="device-quiet">{placeText(t, device.place)}</span>
        <span>
          <StateChip state={shapeOf[device.standing]}>{t(`standing.${device.standing}`)}</StateChip>
          {needsLook(device) && device.detail !== undefined ? (
            <span className="device-quiet">{whyText(t, device.detail)}</span>
          ) : null}
        </span>
        <IconChevronRight size={18} aria-hidden />
      </button>
    </li>
  )
}

function DeviceList(props: { readonly view: DevicesView }): ReactNode {
  const t = useWords()
  const { view } = props
  const [shown, setShown] = useState<'all' | 'wrong'>('all')
  const [openId, setOpenId] = useState<string>()
  const wrong = view.items.filter(needsLook)
  // Worst first.
  const list = shown === 'all' ? [...wrong, ...view.items.filter((device) => !needsLook(device))] : wrong
  const online = view.items.filter(({ standing }) => standing === 'online').length
  return (
    <Stack gap="lg">
      {view.lockdownSinceMs === undefined ? null : <Notice tone="out" title={t('devices.lockdown')} />}
      <div className="devices-bar">
        <Text>{t('devices.count', { online, all: view.items.length })}</Text>
        <SegmentedControl
          aria-label={t('devices.filter')}
          value={shown}
          onChange={(value) => setShown(value === 'wrong' ? 'wrong' : 'all')}
          data={[
            { value: 'all', label: t('devices.all') },
            { value: 'wrong', label: `${t('devices.wrong')} (${wrong.length})` },
          ]}
        />
      </div>
      {list.length === 0 ? (
        <Notice title={t('devices.none')}>{t('devices.noneHint')}</Notice>
      ) : (
        <ul className="device-list gh-card">
          {list.map((device) => (
            <DeviceRow key={device.deviceId} device={device} onOpen={() => setOpenId(device.deviceId)} />
          ))}
        </ul>
      )}
      <Buses buses={view.buses} />
      <DeviceDrawer
        device={view.items.find(({ deviceId }) => deviceId === openId)}
        nowMs={view.nowMs}
        onClose={() => setOpenId(undefined)}
      />
    </Stack>
  )
}

/** Every device of the site, what is wrong with it, and what passed on the buses last. */
export function DevicesScreen(): ReactNode {
  const t = useWords()
  const devices = useQuery(devicesQuery)
  useDocumentTitle(`${t('devices.title')} · ${t('app.name')}`)
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t('devices.title')}</Title>
        <Text c="dimmed">{t('devices.lead')}</Text>
      </div>
      <Faces
        query={devices}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={<Notice title={t('devices.empty')}>{t('devices.emptyHint')}</Notice>}
      >
        {(view) => <DeviceList view={view} />}
      </Faces>
    </Stack>
  )
}
