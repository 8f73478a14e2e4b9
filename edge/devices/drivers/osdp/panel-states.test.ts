import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, test } from 'vitest'
import { address, Bench } from '../../testing/osdp-bench.ts'
import { Deframer } from './deframer.ts'
import { encodeFrame } from './frame.ts'
import { panelDueMs, requestsMax } from './panel-machine.ts'
import type { PanelState } from './panel-state.ts'

describe('every state', () => {
  const everyKind: Record<PanelState['kind'], true> = {
    ...{ offline: true, identifying: true, describing: true, challenging: true, proving: true },
    ...{ storing: true, keying: true, online: true },
  }
  const kinds = Object.keys(everyKind) as PanelState['kind'][]
  const unkeyed = new Set<PanelState['kind']>(['storing', 'keying'])
  const silentKinds = new Set<PanelState['kind']>(['offline', 'storing'])

  test.each(kinds)(
    '%s: a request is answered, a lost line is offline, noise changes nothing for good',
    (kind) => {
      const make = () => {
        const bench = new Bench(!unkeyed.has(kind))
        bench.isInstalling = unkeyed.has(kind)
        bench.isDiskSlow = kind === 'storing'
        if (kind === 'identifying') bench.ask()
        return kind === 'offline' ? bench : bench.until(kind)
      }
      const asked = make()
      const command = { kind: 'localStatus' } as const
      for (let ticket = 1; ticket <= requestsMax + 1; ticket += 1)
        asked.step({ kind: 'requested', ticket, command })
      const ended = asked.actions.flatMap((action) => (action.kind === 'ended' ? [action.end] : []))
      if (kind === 'online') expect(ended).toEqual(['queue_full', 'queue_full'])
      else expect(ended).toEqual(Array.from({ length: requestsMax + 1 }, () => 'offline'))

      const cut = make()
      cut.step({ kind: 'lineDown' })
      expect(cut.offlineFor).toBe('link_down')
      expect(panelDueMs(cut.state)).toBe(cut.nowMs)

      const twice = make()
      twice.step({ kind: 'answeredTwice' })
      expect(twice.offlineFor).toBe(kind === 'offline' ? 'connecting' : 'address_shared')

      const stored = make()
      const before = stored.state
      stored.step({ kind: 'keyStored', ok: false })
      if (kind === 'storing') expect(stored.offlineFor).toBe('key_not_stored')
      else expect(stored.state).toBe(before)

      const noisy = make()
      if (!silentKinds.has(kind)) noisy.ask()
      const random = new SeededRandom(kinds.indexOf(kind) + 1)
      const mark = noisy.actions.length
      for (let round = 0; round < 300; round += 1) {
        const [sequence = 0, type = 0, code = 0, ...data] = random.bytes(3 + (round % 40))
        const security = { type: 0x11 + (type & 7), data: Uint8Array.of(type & 1) }
        const sealed = security.type >= 0x15
        const noise = encodeFrame(
          {
            ...{
              address,
              fromReader: true,
              sequence: sequence & 3,
              check: 'crc',
              data: Uint8Array.from(data),
            },
            ...(round % 3 > 0 && { security: sealed ? { ...security, data: new Uint8Array(0) } : security }),
            code: round % 2 ? code : 0x40 + (code & 0x3f),
          },
          round % 3 > 0 && sealed ? () => random.bytes(16) : undefined,
        )
        noisy.hear(noise)
      }
      expect(noisy.actions.slice(mark).filter(({ kind: what }) => what === 'fact' || what === 'pin')).toEqual(
        [],
      )
      noisy.isDiskSlow = false
      noisy.reader.restart()
      noisy.step({ kind: 'lineDown' })
      noisy.until('online')
    },
  )
})

test('a deframer and a panel take a reader that babbles for a million bytes without a fact', () => {
  const bench = new Bench()
  const deframer = new Deframer()
  const random = new SeededRandom(77)
  bench.ask()
  for (let round = 0; round < 1_000; round += 1) {
    for (const frame of deframer.receive(random.bytes(1_000)).frames) bench.step({ kind: 'heard', frame })
  }
  expect(bench.actions.some(({ kind }) => kind === 'fact')).toBe(false)
})
