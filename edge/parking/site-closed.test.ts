import { expect, test } from 'vitest'
import { readBoard } from './occupancy.ts'
import { type Garage, openGarage } from './test-garage.ts'

const by = { kind: 'plate', plate: 'HH AB 123' }
const member = { kind: 'plate', plate: 'HH-AD 1' }

function rewrite(garage: Garage, change: object): void {
  const body = { ...garage.directory.site(), ...change }
  const row = { kind: 'site' as const, key: String(garage.directory.siteId), body, epoch: 1, rev: 2 }
  garage.directory.apply([row], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
}

const arrive = (garage: Garage, who: object) => garage.run('arriveVehicle', { laneId: 'entry-1', by: who })
const pass = (garage: Garage, laneId: string) => garage.run('confirmPassage', { laneId })

test('a closed garage takes nobody new in, shows FULL, and lets out whoever is inside', async () => {
  const garage = openGarage()
  const { sessionId } = await arrive(garage, by)
  await pass(garage, 'entry-1')
  rewrite(garage, { status: 'closed' })
  expect(readBoard(garage.db, garage.directory, 0)).toMatchObject({ total: { full: true } })
  expect(await arrive(garage, { kind: 'ticket' })).toEqual({ kind: 'refused', reason: 'site_closed' })
  garage.passMinutes(90)
  const { quoteId } = await garage.run('quoteSession', { sessionId })
  await garage.run('paySession', { sessionId, quoteId, paymentId: 'pay_1', method: 'cash' })
  const leaving = await garage.run('requestDeparture', { laneId: 'exit-1', by })
  expect(leaving).toMatchObject({ kind: 'opened', debtMinor: 0 })
  rewrite(garage, { status: 'open' })
  expect(await arrive(garage, { kind: 'ticket' })).toMatchObject({ kind: 'opened' })
  garage.close()
})

test('who has booked a bay of a garage that closed still comes in', async () => {
  const garage = openGarage()
  const fromMs = garage.clock.now().wallMs
  const holder = { kind: 'member', memberId: 'mem-1' }
  const asked = { spaceId: 'bay-3', fromMs, toMs: fromMs + 7_200_000, holder }
  const { bookingId } = await garage.run('holdBooking', asked)
  await garage.run('confirmBooking', { bookingId, method: 'cash', tenderedMinor: 400 })
  rewrite(garage, { status: 'closed' })
  expect(await arrive(garage, member)).toMatchObject({ kind: 'opened', spaceId: 'bay-3' })
  garage.close()
})

test('spreads vehicles over levels where the site says so', async () => {
  const garage = openGarage()
  const spaces = [...garage.directory.all('space')]
  const upper = spaces.filter(([key]) => ['bay-7', 'bay-8', 'bay-9', 'bay-10'].includes(key))
  const rows = upper.map(([key, body], index) => {
    return { kind: 'space' as const, key, body: { ...body, levelId: 'level-2' }, epoch: 1, rev: 2 + index }
  })
  garage.directory.apply(rows, { epoch: 1, rev: 9, handle: undefined, offset: '9' }, false)
  const given = async () => String((await arrive(garage, { kind: 'ticket' })).spaceId)
  const settings = garage.directory.site()?.settings
  const siteRow = { ...garage.directory.site(), settings: { ...settings, allocation: 'spread' } }
  const row = {
    kind: 'site' as const,
    key: String(garage.directory.siteId),
    body: siteRow,
    epoch: 1,
    rev: 10,
  }
  garage.directory.apply([row], { epoch: 1, rev: 10, handle: undefined, offset: '10' }, false)
  const levels = new Set<unknown>()
  for (let n = 0; n < 2; n += 1) {
    const spaceId = await given()
    await pass(garage, 'entry-1')
    levels.add(upper.some(([key]) => key === spaceId))
  }
  expect(levels).toEqual(new Set([true, false]))
  garage.close()
})
