import { expect, test } from 'vitest'
import { CommandQueue } from './command-queue.ts'

test('items leave by priority, and in order of arrival within one', () => {
  const queue = new CommandQueue<string>()
  for (const item of ['c', 'd']) queue.push(2, item)
  for (const item of ['a', 'b']) queue.push(1, item)
  expect(queue.take(3)).toEqual(['a', 'b', 'c'])
  queue.putBack([[1, 'b']])
  expect(queue.take(9)).toEqual(['b', 'd'])
})

test('what is passed over again and again by more urgent items is taken first once', () => {
  const queue = new CommandQueue<string>()
  queue.push(2, 'booking')
  queue.push(2, 'next booking')
  queue.push(3, 'request')
  const batches = Array.from({ length: 40 }, () => {
    for (const item of ['door', 'door', 'door']) queue.push(1, item)
    return queue.take(3)
  })
  const firsts = batches.map(([first]) => first)
  expect(firsts.filter((first) => first !== 'door')).toEqual(
    expect.arrayContaining(['booking', 'next booking', 'request']),
  )
  expect(firsts.slice(0, 5)).toEqual(Array(5).fill('door'))
})
