import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConnectionHandlers, createReconnectingLink } from './reconnecting-link.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function linkUnderTest() {
  const attempts: ConnectionHandlers[] = []
  const said: string[] = []
  const destroyed: number[] = []
  const link = createReconnectingLink({
    random: new SeededRandom(1),
    backoff: { firstMs: 200, longestMs: 5_000 },
    connect: (handlers) => {
      const index = attempts.push(handlers) - 1
      return { write: () => true, destroy: () => destroyed.push(index) }
    },
    handlers: {
      onUp: () => said.push('up'),
      onBytes: (bytes) => said.push(`bytes ${bytes.length}`),
      onDown: (reason) => said.push(`down ${reason}`),
    },
  })
  link.open()
  return { link, attempts, said, destroyed }
}

test('comes back after a loss, and says each change once', () => {
  const { attempts, said } = linkUnderTest()
  attempts[0]?.up()
  attempts[0]?.lost('closed')
  vi.advanceTimersByTime(200)
  attempts[1]?.lost('refused')
  vi.advanceTimersByTime(400)
  attempts[2]?.up()
  expect(said).toEqual(['up', 'down closed', 'up'])
})

test('waits longer and longer for a peer that refuses or kicks, and quickly again after a stable time', () => {
  const { attempts } = linkUnderTest()
  for (let round = 0; round < 8; round += 1) {
    attempts.at(-1)?.up()
    attempts.at(-1)?.bytes(Uint8Array.of(1))
    attempts.at(-1)?.lost('closed')
    vi.advanceTimersByTime(5_000)
  }
  const before = attempts.length
  attempts.at(-1)?.up()
  attempts.at(-1)?.lost('closed')
  vi.advanceTimersByTime(2_000)
  expect(attempts).toHaveLength(before)
  vi.advanceTimersByTime(3_000)
  expect(attempts).toHaveLength(before + 1)
  attempts.at(-1)?.up()
  vi.advanceTimersByTime(5_000)
  attempts.at(-1)?.lost('closed')
  vi.advanceTimersByTime(200)
  expect(attempts).toHaveLength(before + 2)
})

test('an old connection that speaks late is not heard', () => {
  const { link, attempts, said, destroyed } = linkUnderTest()
  attempts[0]?.up()
  link.reset('silent')
  attempts[0]?.bytes(Uint8Array.of(1))
  attempts[0]?.lost('closed')
  expect(said).toEqual(['up', 'down silent'])
  expect(destroyed).toEqual([0])
  vi.advanceTimersByTime(200)
  expect(attempts).toHaveLength(2)
})

test('a closed link stays closed and writes nothing', async () => {
  const { link, attempts } = linkUnderTest()
  expect(link.write(Uint8Array.of(1))).toBe(false)
  attempts[0]?.up()
  expect(link.write(Uint8Array.of(1))).toBe(true)
  await link.close()
  attempts[0]?.lost('closed')
  vi.advanceTimersByTime(60_000)
  expect(attempts).toHaveLength(1)
  expect(link.write(Uint8Array.of(1))).toBe(false)
})
