import { afterEach, expect, test } from 'vitest'
import { type GpioToolsDouble, gpioToolsDouble, untilGo } from './testing/gpio-tools-double.ts'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

let tools: GpioToolsDouble | undefined
afterEach(() => {
  tools?.remove()
  tools = undefined
})

/** 26 bits: facility 123, card 4567, as the older gpiomon writes the edges of lines 5 and 6. */
const edges = [...'10111101100010001110101110']
  .map((bit, at) => `${bit === '0' ? 5 : 6} 12 ${at * 1_000_000}`)
  .join('\\n')

const bus = { kind: 'wiegand' as const, chip: 'board', d0: 5, d1: 6 }

test('a card at a Wiegand reader comes out of the hub, and gpiomon goes with the hub', async () => {
  tools = gpioToolsDouble('1.6.3')
  tools.script('gpiomon', `${untilGo}; printf '${edges}\\n'; exec sleep 60`)
  const { hub, heard } = await startHub({
    devices: new Map([[device('front'), deviceRow('generic/wiegand-reader', 'wires', {})]]),
    buses: { wires: bus },
  })
  await heard.next((event) => event.kind === 'status' && event.online)
  tools.go()
  expect(await heard.next(({ kind }) => kind === 'card')).toMatchObject({
    deviceId: 'front',
    number: '8065495',
  })
  expect(hub.status()).toMatchObject([{ deviceId: 'front', online: true }])
  await hub.stop()
})

test('a reader with a format that nobody knows, or on other wires, is not served and says why', async () => {
  const { hub } = await startHub({
    devices: new Map([
      [device('strange'), deviceRow('generic/wiegand-reader', 'wires', { cardFormats: 'h1' })],
      [device('serial'), deviceRow('generic/wiegand-reader', 'line', {})],
      [device('strike'), deviceRow('generic/relay-strike', 'wires', { output: 1 })],
    ]),
    buses: { wires: bus, line: { kind: 'tcp', host: '127.0.0.1', port: 1 } },
  })
  expect(hub.status().map(({ detail }) => detail)).toEqual([
    'unknown_card_format',
    'bus_does_not_fit',
    'bus_does_not_fit',
  ])
  await hub.stop()
})
