import type { DeviceHub } from '@gatehouse/edge/devices/hub'
import { ok } from '@gatehouse/shared/result/result'

const done = { outcome: 'done' } as const

/** Devices of the past: every strike and boom of three weeks ago did what it was told. */
export const idleHub: DeviceHub = {
  start: async () => undefined,
  stop: async () => undefined,
  onEvent: () => () => undefined,
  strike: async () => done,
  barrier: () => ({ vend: async () => done, keep: async () => done }),
  display: async () => done,
  rest: async () => done,
  print: async () => done,
  signal: async () => done,
  openInstallWindow: () => ok(undefined),
  acceptCameraMessage: () => ok(0),
  heardFrom: () => undefined,
  reconfigure: () => undefined,
  status: () => [],
  brokerMessages: 0,
}
