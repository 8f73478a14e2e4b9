import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import type { DoorWatch } from '../access/door-watch.ts'
import { strikeHandler } from '../access/strike-effect.ts'
import type { DeviceHub } from '../devices/hub.ts'
import type { CardPayments } from '../drawer/card-payments.ts'
import type { EffectHandler } from '../ledger/effects.ts'
import { vendHandler } from '../parking/vend.ts'
import { printHandler } from '../printing/print-effect.ts'

const trial = z.object({ deviceId: deviceIdSchema, text: z.string().optional() })

/** The devices of a site, and what keeps doors released. */
export interface ConnectedDevices {
  readonly hub: DeviceHub
  readonly doors: DoorWatch | undefined
}

/** Everything the edge does after a decision is durable: strikes, barriers, card money. */
export function effectHandlers(
  connected: () => ConnectedDevices | undefined,
  cards: CardPayments,
): EffectHandler[] {
  const hub = () => connected()?.hub
  const doors = () => connected()?.doors
  return [
    strikeHandler(async (deviceId, command) => (await hub()?.strike(deviceId, command)) ?? noDevices, doors),
    {
      // A reader blinks, a sign shows a text: asked for by hand.
      kind: 'device_test',
      afterCrash: 'unknown',
      perform: async ({ body }) => {
        const { deviceId, text } = trial.parse(body)
        const answer =
          text === undefined
            ? hub()?.signal(deviceId, 'granted')
            : hub()?.display(deviceId, { lines: [text] })
        return (await answer) ?? noDevices
      },
    },
    printHandler(async (deviceId, paper) => (await hub()?.print(deviceId, paper)) ?? noDevices),
    vendHandler((deviceId) => hub()?.barrier(deviceId) ?? missingBarrier),
    ...cards.effectHandlers(),
  ]
}

const noDevices = { outcome: 'failed', detail: 'devices_not_started' } as const
const missingBarrier = { vend: async () => noDevices, keep: async () => noDevices }
