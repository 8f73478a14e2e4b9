import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test } from 'vitest'
import { LineFramer } from '../drivers/line-framer.ts'
import { openPtyWire, type PtyWire } from '../simulators/pty-wire.ts'
import { Heard } from '../testing/hub-harness.ts'
import type { ByteLink } from './byte-link.ts'
import { createSerialLink } from './serial.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-serial-'))
/** The name of the plug, whatever is plugged in. */
const path = join(folder, 'ttyUSB0')
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(path, { force: true })
})

async function plugIn(): Promise<PtyWire> {
  const wire = await openPtyWire(() => {})
  closing.push(() => wire.close())
  symlinkSync(wire.path, path)
  return wire
}
async function pull(wire: PtyWire): Promise<void> {
  unlinkSync(path)
  await wire.close()
}

function openLink(onBytes: (bytes: Uint8Array) => void = () => {}, seed = 1) {
  const said = new Heard<string>()
  const link: ByteLink = createSerialLink({
    ...{ path, baudRate: 9600, random: new SeededRandom(seed) },
    handlers: { onUp: () => said.add('up'), onDown: (reason) => said.add(reason), onBytes },
  })
  closing.push(() => link.close())
  link.open()
  return { link, said }
}
/** Waits for a word after those that were said before. */
const after = (said: Heard<string>, count: number, fits: (word: string) => boolean) => said.next(fits, count)

test('a plug that is pulled and put back, twice, comes back by itself and says why it was gone', async () => {
  const { link, said } = openLink()
  expect(await said.next(() => true)).toBe('no_such_port')
  for (let round = 0; round < 2; round += 1) {
    const wire = await plugIn()
    await after(said, said.all.length - 1, (word) => word === 'up')
    expect(link.write(Uint8Array.of(1))).toBe(true)
    const before = said.all.length
    await pull(wire)
    expect(['closed', 'port_error']).toContain(await after(said, before, () => true))
    expect(link.write(Uint8Array.of(1))).toBe(false)
  }
})

test('a port has one owner: a second one is refused and waits until the first lets go', async () => {
  await plugIn()
  const first = openLink()
  await first.said.next((word) => word === 'up')
  const second = openLink(undefined, 2)
  expect(await second.said.next(() => true)).toBe('cannot_open')
  await first.link.close()
  await second.said.next((word) => word === 'up')
})

test('a slow dribble with garbage in it still gives the lines that are whole', async () => {
  const wire = await plugIn()
  const framer = new LineFramer()
  const lines = new Heard<string>()
  const { said } = openLink((bytes) => {
    for (const line of framer.receive(bytes).lines) lines.add(line)
  })
  await said.next((word) => word === 'up')
  for (const byte of [...Buffer.from('01:C:12'), 0xff, 0x00, ...Buffer.from('34\r\n01:C:5678\r\n')]) {
    wire.send(Uint8Array.of(byte))
  }
  expect(await lines.next(() => true)).toBe('01:C:5678')
})
