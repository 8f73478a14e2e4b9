import { expect, test } from 'vitest'
import { type ContactHistory, hearContact, settleContact } from './contact-chatter.ts'

/** A contact that changes at each of these times, closed first. */
function changing(times: readonly number[]) {
  let history: ContactHistory | undefined
  const news = times.map((atMs, index) => {
    const step = hearContact(history, index % 2 === 0, atMs)
    history = step.history
    return step.news
  })
  return { news, history: history as ContactHistory }
}
const every = (ms: number, count: number) => Array.from({ length: count }, (_, index) => index * ms)

test('a leaf in use is believed, however long that goes on', () => {
  const { news } = changing(every(700, 100))
  expect(news.every((word, index) => word === (index % 2 === 0 ? 'closed' : 'opened'))).toBe(true)
})

test('a contact that chatters is told once and then not believed', () => {
  const { news, history } = changing(every(50, 100))
  expect(news.filter((word) => word === 'chatter')).toHaveLength(1)
  expect(news.slice(0, 15)).not.toContain('chatter')
  expect(news.slice(16).every((word) => word === undefined)).toBe(true)
  expect(history.changesMs.length).toBeLessThanOrEqual(16)
})

test('it is believed again when it was quiet for long enough, as it says then', () => {
  const { history } = changing(every(50, 40))
  const lastMs = 39 * 50
  expect(settleContact(history, lastMs + 9_999).news).toBeUndefined()
  const after = settleContact(history, lastMs + 10_000)
  expect([after.news, after.history.chatters]).toEqual(['opened', false])
  expect(hearContact(after.history, true, lastMs + 10_001).news).toBe('closed')
})

test('the same word again is no change', () => {
  let history: ContactHistory | undefined
  for (const atMs of every(1, 1_000)) history = hearContact(history, true, atMs).history
  expect(history).toMatchObject({ chatters: false, changesMs: [0].filter((ms) => ms > 999 - 10_000) })
})
