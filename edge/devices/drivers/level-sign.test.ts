import { expect, test } from 'vitest'
import { profiles } from '../testing/hub-harness.ts'
import type { DeviceSetting } from './attachment.ts'
import { attachLevelSign, signMessage } from './level-sign.ts'
import type { ExchangeEnd, LineBus } from './line-bus.ts'

const profile = profiles.get('generic/level-sign') as DeviceSetting['profile']
const rules = profile.sign as NonNullable<DeviceSetting['profile']['sign']>
const parameters = { address: 1 }

test('text that could end or split a message cannot leave its place', () => {
  const lines = ['a\r@02 X FULL', 'b|c', 'ü\u0000', 'x'.repeat(100)]
  expect(signMessage(rules, parameters, { lines })).toBe('@01 T a  02 X FULL|b c\r')
})

test('numbers stay inside the sign', () => {
  const write = (free: number) => signMessage(rules, parameters, { free, full: false })
  expect([write(-3), write(99_999), write(7.9)]).toEqual(['@01 F 0000\r', '@01 F 9999\r', '@01 F 0007\r'])
})

/** A line on which a test decides when each exchange ends. */
function slowLine() {
  const sent: { readonly message: string; readonly end: (end: ExchangeEnd) => void }[] = []
  const line: LineBus = {
    open: () => {},
    onLine: () => () => {},
    onLink: (listener) => {
      listener({ up: true })
      return () => {}
    },
    exchange: ({ message }) => new Promise((end) => sent.push({ message, end })),
    close: async () => {},
  }
  return { line, sent }
}

test('content that was overtaken is never shown: the latest goes next', async () => {
  const { line, sent } = slowLine()
  const presences: boolean[] = []
  const { display, detach } = attachLevelSign(
    line,
    { profile, parameters, rules },
    { event: () => {}, garbage: () => {}, presence: ({ online }) => presences.push(online) },
  )
  const shows = [3, 2, 1].map((free) => display?.show({ free, full: false }))
  sent[0]?.end('acknowledged')
  await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  sent[1]?.end('no_reply')
  expect(await Promise.all(shows)).toEqual(Array(3).fill({ outcome: 'unknown', detail: 'no_reply' }))
  expect(sent.map(({ message }) => message)).toEqual(['@01 F 0003\r', '@01 F 0001\r'])
  expect(presences).toEqual([true, true, false])
  detach()
})
