import { parseEvent } from '@gatehouse/shared/wire/v1/entries'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { evolveAudit } from './evolve-audit.ts'
import { noRows } from './projected-rows.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

async function tell(twin: SiteTwin, ...events: Parameters<SiteTwin['record']>): Promise<void> {
  expect((await twin.send(twin.record(...events))).status).toBe(204)
  await server.projected()
}

async function select(sql: string, siteId: string): Promise<unknown[]> {
  return (await server.pool.query(sql, [siteId])).rows
}

const door = (state: string, doorId = 'main') => ({ type: 'door.state_changed', body: { doorId, state } })
const incident = (incidentId: string, kind: string, about: string) => ({
  type: 'incident.opened',
  body: { incidentId, kind, about },
})
const arrived = (sessionId: string) => ({
  type: 'session.arrived',
  body: {
    ...{ sessionId, laneId: 'in-1', ticket: 'T1', vehicleClass: 'car' },
    ...{ tariffId: 'tf', tariffVersion: 1, effectId: 'fx_2' },
  },
})
const departing = (sessionId: string, debtMinor = 0) => ({
  type: 'session.departing',
  body: { sessionId, laneId: 'out-1', effectId: 'fx_3', debtMinor },
})
const departed = (sessionId: string) => ({
  type: 'session.departed',
  body: { sessionId, laneId: 'out-1', zoneId: 'z1' },
})
const card = {
  ...{ doorId: 'main', credentialId: 'c-1', memberId: 'm-1', bookingId: 'bk_1' },
  ...{ right: 'booking', effectId: 'fx_1', deviceId: 'reader-1', credential: 'card' },
}

const incidents = `SELECT incident_id, place, place_id, is_open, ended_seq FROM incidents
  WHERE site_id = $1 ORDER BY incident_id`

const pass = { passId: 'ps_1', kind: 'booking', issuedMs: 1, toMs: 2, slot: 'any', window: 7 }

describe('access decisions', () => {
  it.each([
    [
      { type: 'access.granted', body: card },
      {
        kind: 'granted',
        door_id: 'main',
        place: 'door',
        direction: 'in',
        reason: 'booking',
        member_id: 'm-1',
      },
    ],
    [
      { type: 'access.granted', body: card },
      { reader_id: 'reader-1', credential_kind: 'card', credential_id: 'c-1', booking_id: 'bk_1' },
    ],
    [
      { type: 'access.refused', body: { doorId: 'main', reason: 'no_right' } },
      { kind: 'refused', direction: 'in', reason: 'no_right', reader_id: null, credential_kind: null },
    ],
    [
      {
        type: 'access.refused',
        body: { doorId: 'main', credentialId: pass.passId, pass, reason: 'pass_revoked' },
      },
      { kind: 'refused', reason: 'pass_revoked', credential_kind: 'pass', credential_id: pass.passId },
    ],
    [
      { type: 'access.exit_requested', body: { doorId: 'main', effectId: 'fx_1' } },
      { kind: 'granted', direction: 'out', reason: 'exit_requested', credential_kind: 'button' },
    ],
    [
      { type: 'lane.refused', body: { laneId: 'out-1', reason: 'not_paid', sessionId: 'ss_1' } },
      { kind: 'refused', place: 'lane', door_id: 'out-1', session_id: 'ss_1', direction: null },
    ],
    [
      arrived('ss_1'),
      { kind: 'granted', place: 'lane', door_id: 'in-1', direction: 'in', reason: 'arrival' },
    ],
    [departing('ss_1'), { direction: 'out', reason: 'departure', session_id: 'ss_1' }],
    [departing('ss_1', 300), { kind: 'granted', reason: 'departure_in_debt' }],
  ])('reads %j', (written, row) => {
    const rows = noRows()
    const event = parseEvent(written)
    if (event === undefined) throw new TypeError('unreadable')
    evolveAudit(rows, event, { seq: 4, atMs: 9 })
    expect(rows.accessEvents).toMatchObject([{ ...row, seq: 4, at_ms: 9 }])
  })
})

describe('incidents', () => {
  it('of a reader last until the site tells their end; those of an older site are over at once', async () => {
    const twin = await server.enrolled('readers')
    const lasting = (incidentId: string, kind: string, about: string) => {
      const { type, body } = incident(incidentId, kind, about)
      return { type, body: { ...body, lasts: true } }
    }
    const over = (trouble: string) => ({ type: 'reader.trouble_ended', body: { deviceId: 'r1', trouble } })
    const untrusted = [
      lasting('a', 'reader_untrusted', 'r1/plain_text'),
      lasting('b', 'reader_untrusted', 'r1/x'),
    ]
    const older = incident('d', 'reader_tampered', 'r1')
    await tell(twin, ...untrusted, lasting('c', 'reader_tampered', 'r1'), older, over('untrusted'))
    const open = [false, false, true, false].map((isOpen) => ({ is_open: isOpen, place_id: 'r1' }))
    expect(await select(incidents, 'readers')).toMatchObject(open)
    await tell(twin, over('tampered'))
    expect(await select(incidents, 'readers')).toMatchObject(open.map((row) => ({ ...row, is_open: false })))
  })

  it('last until the door is closed, also when that comes in a later run', async () => {
    const twin = await server.enrolled('doors')
    await tell(twin, door('closed'), door('forced'), incident('a', 'door_forced', 'main'))
    expect(await select(incidents, 'doors')).toMatchObject([{ place_id: 'main', is_open: true }])
    await tell(twin, door('closed', 'side'))
    expect(await select(incidents, 'doors')).toMatchObject([{ is_open: true }])
    await tell(twin, door('closed'), incident('b', 'door_held_open', 'main'), door('open'), door('closed'))
    await tell(twin, door('closed'))
    expect(await select(incidents, 'doors')).toEqual([
      { incident_id: 'a', place: 'door', place_id: 'main', is_open: false, ended_seq: 5 },
      { incident_id: 'b', place: 'door', place_id: 'main', is_open: false, ended_seq: 8 },
    ])
  })

  it('about a stay last until it departs; a tie of plates until its lane lets somebody out', async () => {
    const twin = await server.enrolled('stays')
    await tell(
      twin,
      arrived('ss_1'),
      incident('bay', 'booked_bay_taken', 'bay-7/ss_1'),
      incident('inferred', 'session_inferred', 'ss_2'),
      incident('tie', 'plate_tie', 'out-1'),
    )
    expect(await select(incidents, 'stays')).toMatchObject([
      { incident_id: 'bay', place: 'space', place_id: 'bay-7', is_open: true },
      { incident_id: 'inferred', place: null, is_open: true },
      { incident_id: 'tie', place: 'lane', is_open: true },
    ])
    await tell(twin, departing('ss_1'))
    expect(await select(incidents, 'stays')).toMatchObject([
      { is_open: true },
      { is_open: true },
      { ended_seq: 5 },
    ])
    await tell(twin, departed('ss_1'))
    expect(await select(incidents, 'stays')).toMatchObject([
      { ended_seq: 6 },
      { is_open: true },
      { ended_seq: 5 },
    ])
  })

  it('about a vehicle that cannot get out last until its lane lets somebody out, a release is over at once', async () => {
    const twin = await server.enrolled('exits')
    await tell(twin, arrived('ss_1'), incident('call', 'attendant_called', 'out-1/several'))
    expect(await select(incidents, 'exits')).toMatchObject([{ place_id: 'out-1', is_open: true }])
    await tell(twin, departing('ss_1'), incident('free', 'released_unpaid', 'out-1/ss_1'))
    expect(await select(incidents, 'exits')).toMatchObject([
      { incident_id: 'call', is_open: false },
      { incident_id: 'free', place: 'lane', place_id: 'out-1', is_open: false },
    ])
  })

  it('about a lane last until it is right again, each for itself, and a boom that is kept up until it is let go', async () => {
    const twin = await server.enrolled('troubles')
    const held = (reason: string) => ({
      type: 'lane.hold_started',
      body: { laneId: 'out-1', by: 'us_1', reason, untilMs: 9 },
    })
    await tell(
      twin,
      incident('a', 'lane_boom_stuck', 'out-1'),
      incident('b', 'lane_safety_silent', 'out-1'),
      held('rush'),
      held('event'),
      { type: 'lane.trouble_ended', body: { laneId: 'out-1', trouble: 'boom_stuck' } },
    )
    expect(await select(incidents, 'troubles')).toMatchObject([
      { incident_id: 'a', place: 'lane', place_id: 'out-1', ended_seq: 5 },
      { incident_id: 'b', is_open: true },
      { incident_id: 'hold_out-1_3', ended_seq: 4 },
      { incident_id: 'hold_out-1_4', is_open: true },
    ])
    await tell(twin, { type: 'lane.hold_ended', body: { laneId: 'out-1' } })
    expect(await select(incidents, 'troubles')).toMatchObject([{}, {}, {}, { ended_seq: 6 }])
  })

  it('about a vehicle that cannot get out end when a person opens its lane, which the access log names', async () => {
    const twin = await server.enrolled('hands')
    const opened = { laneId: 'out-1', by: 'us_1', reason: 'help', effectId: 'fx_1' }
    await tell(twin, incident('call', 'attendant_called', 'out-1/unread'), {
      type: 'lane.opened_by_hand',
      body: opened,
    })
    expect(await select(incidents, 'hands')).toMatchObject([{ is_open: false, ended_seq: 2 }])
    const log = 'SELECT place, door_id, kind, reason, credential_kind FROM access_events WHERE site_id = $1'
    expect(await select(log, 'hands')).toEqual([
      { place: 'lane', door_id: 'out-1', kind: 'granted', reason: 'by_hand_help', credential_kind: 'hand' },
    ])
  })

  it('about the line of a contact and about fire last until both are at rest, duress until a person sees to it', async () => {
    const twin = await server.enrolled('lines')
    const trouble = (how: string) => ({
      type: `door.trouble_${how}`,
      body: { doorId: 'main', fault: 'short' },
    })
    const fire = (how: string) => ({ type: `fire.${how}`, body: { deviceId: 'fire-1' } })
    await tell(twin, trouble('started'), incident('a', 'door_trouble', 'main/short'), fire('alarmed'))
    await tell(twin, incident('b', 'duress', 'main/m-1'))
    const open = { is_open: true }
    expect(await select(incidents, 'lines')).toMatchObject([
      { place: 'door', ...open },
      { place: 'door', ...open },
      { place: 'device', ...open },
    ])
    await tell(twin, trouble('ended'), fire('cleared'), door('closed'))
    const standing = [false, true, false].map((is_open) => ({ is_open }))
    expect(await select(incidents, 'lines')).toMatchObject(standing)
  })

  it('that are over at once are never open, and so are kinds of later sites', async () => {
    const twin = await server.enrolled('moments')
    await tell(twin, incident('a', 'tailgate_exit', 'z1/out-1'), incident('b', 'meteor', 'roof/7'))
    expect(await select(incidents, 'moments')).toEqual([
      { incident_id: 'a', place: 'lane', place_id: 'out-1', is_open: false, ended_seq: null },
      { incident_id: 'b', place: null, place_id: null, is_open: false, ended_seq: null },
    ])
  })
})

describe('history that an earlier version projected', () => {
  const everything = `SELECT row_to_json(a) AS row FROM access_events a WHERE site_id = $1 ORDER BY seq`
  const allIncidents = `SELECT row_to_json(i) AS row FROM incidents i WHERE site_id = $1 ORDER BY incident_id`
  const read = async (siteId: string) => [
    await select(everything, siteId),
    await select(allIncidents, siteId),
  ]

  it('is read again from the stored entries, beside what is new, without what was set aside', async () => {
    const twin = await server.enrolled('history')
    await tell(
      twin,
      { type: 'access.granted', body: card },
      incident('a', 'door_forced', 'main'),
      door('closed'),
      arrived('ss_1'),
      arrived('ss_1'),
      departing('ss_1'),
    )
    const before = await read('history')
    expect(before[0]).toHaveLength(3)
    await server.pool.query("DELETE FROM access_events WHERE site_id = 'history'")
    await server.pool.query(
      `UPDATE incidents SET place = NULL, place_id = NULL, ends_with = NULL, ended_ms = NULL,
         ended_incarnation = NULL, ended_seq = NULL WHERE site_id = 'history'`,
    )
    await server.pool.query("UPDATE projection_positions SET audit_seq = 0 WHERE site_id = 'history'")
    // The projector looks for streams that are behind when it starts; a wake does the same here.
    server.projector.wake({ siteId: twin.siteId, incarnation: 1 })
    await server.projected()
    expect(await read('history')).toEqual(before)
    await tell(twin, { type: 'access.refused', body: { doorId: 'main', reason: 'no_right' } })
    expect(await select('SELECT seq FROM access_events WHERE site_id = $1 ORDER BY seq', 'history')).toEqual(
      [1, 4, 6, 7].map((seq) => ({ seq })),
    )
    expect(
      await select('SELECT seq, audit_seq FROM projection_positions WHERE site_id = $1', 'history'),
    ).toEqual([{ seq: 7, audit_seq: 7 }])
    expect(server.failures).toEqual([])
  })
})
