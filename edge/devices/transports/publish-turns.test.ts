import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { PublishTurns } from './publish-turns.ts'

const perTurn = 3

test('lets a few through at once and the others in later turns, in their order', async () => {
  const turns = new PublishTurns(perTurn)
  const through: number[] = []
  for (let at = 0; at < 8; at += 1) turns.take(() => through.push(at))
  const seen = [through.length]
  for (let turn = 0; turn < 3; turn += 1) {
    await nextTurn()
    seen.push(through.length)
  }
  expect(seen).toEqual([3, 6, 8, 8])
  expect(through).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('what is taken while others wait waits behind them, and each turn has room again', async () => {
  const turns = new PublishTurns(perTurn)
  const through: string[] = []
  const take = (name: string) => turns.take(() => through.push(name))
  for (const name of ['a', 'b', 'c', 'd']) take(name)
  take('e')
  expect(through).toEqual(['a', 'b', 'c'])
  await nextTurn()
  take('f')
  expect(through).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  await nextTurn()
  await nextTurn()
  for (const name of ['g', 'h', 'i', 'j']) take(name)
  expect(through.slice(6)).toEqual(['g', 'h', 'i'])
})
