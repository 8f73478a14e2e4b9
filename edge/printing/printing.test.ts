import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { expect, test } from 'vitest'
import { readOpenSessions } from '../parking/session-store.ts'
import { type GarageChanges, openGarage } from '../parking/test-garage.ts'
import { garageRows } from '../parking/test-garage-rows.ts'
import { openLanes } from '../parking/test-lanes.ts'
import { printerAlarms, sameTroubleMs } from './printer-alarms.ts'

function open(changes: GarageChanges = {}) {
  const garage = openGarage(changes)
  const lane = garageRows.find(({ kind, key }) => kind === 'lane' && key === 'entry-1')
  const row = { kind: 'lane', key: 'entry-1', epoch: 1, rev: 2 } as const
  const body = { ...(lane?.body as object), printerDeviceId: 'entry-1-printer' }
  garage.directory.apply([{ ...row, body }], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  return { garage, lanes: openLanes(garage) }
}

test('whoever presses the ticket button gets the ticket of their stay on paper, with a code for scanners', async () => {
  const { garage, lanes } = open()
  lanes.approach('entry-1')
  await lanes.press('entry-1')
  const [paper] = garage.papers
  const [session] = readOpenSessions(garage.db)
  expect(garage.vends).toEqual(['entry-1-barrier'])
  expect(paper?.lines.join(' ')).toContain(session?.stay.ticket)
  await lanes.drive('entry-1')
  const shown = await garage.run('showPaper', { text: paper?.code ?? '' })
  expect(shown).toMatchObject({ sessionId: session?.stay.sessionId })
})

test('one car gets one ticket, however often it presses; a car that is known by its plate gets none', async () => {
  const { garage, lanes } = open()
  lanes.approach('entry-1')
  await lanes.press('entry-1')
  await lanes.press('entry-1')
  expect(garage.papers).toHaveLength(1)
  await lanes.drive('entry-1')
  lanes.approach('entry-1')
  await lanes.read('entry-1', 'HHAB123')
  expect(garage.papers).toHaveLength(1)
})

test('a printer without paper holds no car', async () => {
  const { garage, lanes } = open({ printing: { outcome: 'failed', detail: 'paper_out' } })
  lanes.approach('entry-1')
  await lanes.press('entry-1')
  expect(garage.vends).toEqual(['entry-1-barrier'])
})

test('a trouble of a printer is one incident while it lasts, and one more when it comes back much later', async () => {
  const { garage } = open()
  const { kernel, clock, random } = garage
  const running: Promise<unknown>[] = []
  const submit: typeof kernel.submit = (command) => {
    const outcome = kernel.submit(command)
    running.push(outcome)
    return outcome
  }
  const hear = printerAlarms({ kernel: { submit }, clock, random })
  const deviceId = deviceIdSchema.parse('entry-1-printer')
  const say = (active: boolean) => hear({ kind: 'printer', deviceId, trouble: 'paper_out', active })
  say(true)
  say(true)
  say(false)
  say(true)
  say(false)
  clock.advance(sameTroubleMs)
  say(true)
  await Promise.all(running)
  expect(garage.incidents()).toEqual([
    ['printer_paper_out', 'entry-1-printer'],
    ['printer_paper_out', 'entry-1-printer'],
  ])
})
