import { afterEach, expect, test } from 'vitest'
import { createSimulatedPrinter } from './simulators/simulated-printer.ts'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open() {
  const printer = await createSimulatedPrinter({ listen: { host: '127.0.0.1', port: 0 } })
  closing.push(() => printer.close())
  const { hub, heard } = await startHub({
    devices: new Map([[device('p'), deviceRow('generic/escpos-printer', 'paper', {})]]),
    buses: { paper: { kind: 'tcp', host: '127.0.0.1', port: printer.port } },
  })
  closing.push(() => hub.stop())
  await heard.next((event) => event.kind === 'status' && event.online)
  return { printer, hub, heard }
}

const ticket = { title: 'Garage', lines: ['Ticket 7Q2M-X4TA', 'Grüße'], code: '7Q2M-X4TA' }

test('a ticket with its code comes out of a printer', async () => {
  const { printer, hub } = await open()
  expect(await hub.print(device('p'), ticket)).toEqual({ outcome: 'done' })
  expect(printer.papers()).toMatchObject([{ code: '7Q2M-X4TA' }])
  expect(printer.papers()[0]?.lines.slice(0, 2)).toEqual(['Garage', 'Ticket 7Q2M-X4TA'])
})

test('a printer without paper says so, prints nothing, and works again with a new roll', async () => {
  const { printer, hub, heard } = await open()
  printer.set({ paper: 'out' })
  expect(await hub.print(device('p'), ticket)).toMatchObject({ outcome: 'failed', detail: 'paper_out' })
  await heard.next((event) => event.kind === 'printer' && event.trouble === 'paper_out' && event.active)
  printer.set({ paper: 'enough' })
  const told = heard.all.length
  expect(await hub.print(device('p'), ticket)).toEqual({ outcome: 'done' })
  expect(heard.all.slice(told)).toContainEqual({
    kind: 'printer',
    deviceId: 'p',
    trouble: 'paper_out',
    active: false,
  })
  expect(printer.papers()).toHaveLength(1)
})

test('a printer that was switched off and on is served again', async () => {
  const { printer, hub, heard } = await open()
  const told = heard.all.length
  printer.drop()
  await heard.next((event) => event.kind === 'status' && event.online, told)
  expect(await hub.print(device('p'), ticket)).toEqual({ outcome: 'done' })
})

test('what is no printer prints nothing', async () => {
  const { hub } = await open()
  expect(await hub.print(device('x'), ticket)).toMatchObject({ outcome: 'failed', detail: 'unknown_device' })
})
