import { ManualClock } from '@gatehouse/shared/clock/clock'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import type { Submission } from '../ledger/kernel.ts'
import type { Outcome } from '../ledger/receipts.ts'
import { FireContacts } from './fire-contacts.ts'

const contact = deviceIdSchema.parse('fire-1')

/** Fire contacts at a ledger whose answers a test gives; `told` are the states that it was asked to record. */
function openContacts() {
  const clock = new ManualClock(0)
  const told: unknown[] = []
  const waiting: ((outcome: Outcome) => void)[] = []
  const submit = ({ input }: Submission) =>
    new Promise<Outcome>((answer) => {
      told.push((input as { readonly active: boolean }).active)
      waiting.push(answer)
    })
  const contacts = new FireContacts({ kernel: { submit }, clock, random: new SeededRandom(5) })
  return {
    contacts,
    told,
    answer: async (code?: string) => {
      waiting.shift()?.(code === undefined ? { ok: true, value: true } : { ok: false, refusal: { code } })
      await Promise.resolve()
    },
    /** Seconds pass, with the ticks of a site. */
    pass: (seconds: number) => {
      for (let n = 0; n < seconds * 4; n += 1) {
        clock.advance(250)
        contacts.tick()
      }
    },
  }
}

test.each(['busy', 'store_full', 'store_unavailable', 'internal'])(
  'an alarm that is refused as %s is told again until it is taken, one at a time',
  async (code) => {
    const { contacts, told, answer, pass } = openContacts()
    contacts.hear(contact, true)
    pass(5)
    expect(told).toEqual([true])
    await answer(code)
    pass(5)
    expect(told).toEqual([true, true])
    await answer(code)
    pass(2)
    expect(told).toEqual([true, true, true])
    await answer()
    pass(20)
    expect(told).toEqual([true, true, true])
  },
)

test('what a contact said last wins over what was refused before', async () => {
  const { contacts, told, answer, pass } = openContacts()
  contacts.hear(contact, false)
  contacts.hear(contact, true)
  await answer('busy')
  await answer('busy')
  pass(2)
  expect(told).toEqual([false, true, true])
  contacts.hear(contact, false)
  // The earlier word is taken after the later one was heard: the later one still counts.
  await answer()
  await answer('store_full')
  pass(2)
  expect(told).toEqual([false, true, true, false, false])
  await answer()
  pass(20)
  expect(told).toHaveLength(5)
})
