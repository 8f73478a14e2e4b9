import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import { Heard } from '../testing/hub-harness.ts'
import { createSerialLink } from '../transports/serial.ts'
import { openPtyWire } from './pty-wire.ts'

test('bytes of every value cross a serial line unchanged in both directions', async () => {
  const atDevice = new Heard<number>()
  const atEdge = new Heard<number>()
  const up = new Heard<boolean>()
  const wire = await openPtyWire((bytes) => {
    for (const byte of bytes) atDevice.add(byte)
  })
  const link = createSerialLink({
    path: wire.path,
    baudRate: 9600,
    random: new SeededRandom(1),
    handlers: {
      onUp: () => up.add(true),
      onDown: () => up.add(false),
      onBytes: (bytes) => {
        for (const byte of bytes) atEdge.add(byte)
      },
    },
  })
  link.open()
  await up.next((state) => state)
  const all = Uint8Array.from({ length: 256 }, (_, index) => index)
  link.write(all)
  await atDevice.next(() => atDevice.all.length >= 256)
  wire.send(all)
  await atEdge.next(() => atEdge.all.length >= 256)
  expect(atDevice.all).toEqual([...all])
  expect(atEdge.all).toEqual([...all])
  await link.close()
  await wire.close()
})
