import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sealEntry } from '../../ledger/chain.ts'
import { directoryBodies, directoryRowSchema } from './directory.ts'
import { entryBodies, entryFrameSchema, parseEvent } from './entries.ts'
import * as sync from './sync.ts'

/**
 * Samples of every message as version 1 wrote it. A site in the field may send them for years: a change that
 * makes one unreadable, or reads it as something else, breaks the promise of `v1`. Add samples, never edit one.
 */
function golden(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8'))
}

const syncSchemas = {
  enrolRequest: sync.enrolRequestSchema,
  enrolAnswer: sync.enrolAnswerSchema,
  handshakeRequest: sync.handshakeRequestSchema,
  handshakeAnswer: sync.handshakeAnswerSchema,
  heartbeat: sync.heartbeatSchema,
  handshakeOfMemory: sync.handshakeRequestSchema,
  handshakeOfPruned: sync.handshakeRequestSchema,
  heartbeatOfRefusals: sync.heartbeatSchema,
  heartbeatOfRefusedRows: sync.heartbeatSchema,
  heartbeatAnswer: sync.heartbeatAnswerSchema,
  adoptRequest: sync.enrolRequestSchema,
  adoptAnswer: sync.enrolAnswerSchema,
  recoverRequest: sync.recoverRequestSchema,
  recoverGranted: sync.recoverAnswerSchema,
  recoverWaiting: sync.recoverAnswerSchema,
}

describe('golden samples', () => {
  test.each(Object.keys(entryBodies))('entry %s is read as it was written', (type) => {
    const body = golden('entries')[type]
    expect(body).toBeDefined()
    expect(parseEvent({ type, body: body as Record<string, unknown> })).toEqual({ type, body })
  })

  test.each(Object.entries(directoryBodies))('directory row %s is read as it was written', (kind, schema) => {
    expect(schema.parse(golden('directory')[kind])).toEqual(golden('directory')[kind])
  })

  test.each(Object.entries(syncSchemas))('%s is read as it was written', (name, schema) => {
    expect(schema.parse(golden('sync')[name])).toEqual(golden('sync')[name])
  })

  test('decisions at a door that name the reader and what was shown are read as they were written', () => {
    const { shownCredentials } = golden('frames')
    for (const [type, body] of Object.entries(shownCredentials as object)) {
      expect(parseEvent({ type, body })).toEqual({ type, body })
    }
  })

  test('decisions about a pass, and stricter limits of a door or a card, are read as they were written', () => {
    const { shownPasses, strictLimits } = golden('frames')
    for (const [type, body] of Object.entries(shownPasses as object)) {
      expect(parseEvent({ type, body })).toEqual({ type, body })
    }
    for (const [kind, limit] of Object.entries(strictLimits as object)) {
      const row = { ...(golden('directory')[kind] as object), ...limit }
      expect(directoryBodies[kind as 'door'].parse(row)).toEqual(row)
    }
  })

  test('an incident whose end will be told is read as it was written', () => {
    const body = golden('frames').lastingIncident as Record<string, unknown>
    expect(parseEvent({ type: 'incident.opened', body })).toEqual({ type: 'incident.opened', body })
  })

  test('what a door takes of PINs is read as it was written, and no short or endless wait for one', () => {
    const { pinDoors } = golden('frames')
    const door = golden('directory').door as object
    for (const pins of pinDoors as object[]) {
      expect(directoryBodies.door.parse({ ...door, ...pins })).toEqual({ ...door, ...pins })
    }
    for (const pinWithinMs of [2_999, 60_001, 0.5]) {
      expect(directoryBodies.door.safeParse({ ...door, pinWithinMs }).success).toBe(false)
    }
  })

  test('who passed where, and the rules of passages, are read as they were written', () => {
    const { passages, passageRules } = golden('frames')
    for (const [type, body] of Object.entries(passages as object)) {
      expect(parseEvent({ type, body })).toEqual({ type, body })
    }
    for (const [kind, rule] of Object.entries(passageRules as object)) {
      const row = { ...(golden('directory')[kind] as object), ...rule }
      expect(directoryBodies[kind as 'door'].parse(row)).toEqual(row)
    }
  })

  test('how a door is set is read as it was written', () => {
    const door = golden('directory').door as object
    for (const set of golden('frames').setDoors as object[]) {
      expect(directoryBodies.door.parse({ ...door, ...set })).toEqual({ ...door, ...set })
    }
  })

  test('the printer and the detectors of a lane are read as they were written', () => {
    for (const more of ['lanePrinter', 'laneDetectors']) {
      const row = { ...(golden('directory').lane as object), ...(golden('frames')[more] as object) }
      expect(directoryBodies.lane.parse(row)).toEqual(row)
    }
  })

  test('the fire contact of a lane is read as it was written', () => {
    const lane = { ...(golden('directory').lane as object), ...(golden('frames').fireLane as object) }
    expect(directoryBodies.lane.parse(lane)).toEqual(lane)
  })

  test('stays that signed papers tell of are read as they were written', () => {
    for (const [type, body] of Object.entries(golden('frames').signedPapers as object)) {
      expect(parseEvent({ type, body })).toEqual({ type, body })
    }
  })

  test('what a site lends is read as it was written', () => {
    const { lending } = golden('frames')
    const row = { ...(golden('directory').site as object), lending }
    expect(directoryBodies.site.parse(row)).toEqual(row)
  })

  test('the status of a site and how it gives bays are read as they were written', () => {
    const { status, allocation } = golden('frames').notSelling as { status: string; allocation: string }
    const site = golden('directory').site as { settings: object }
    const row = { ...site, status, settings: { ...site.settings, allocation } }
    expect(directoryBodies.site.parse(row)).toEqual(row)
  })

  test('what members say of their vehicles is read as it was written', () => {
    const { member } = golden('frames').registeredVehicles as { member: object }
    const row = { ...(golden('directory').member as object), ...member }
    expect(directoryBodies.member.parse(row)).toEqual(row)
  })

  test('a frame is read as it was written, and seals to the hash that it always had', () => {
    const { sealedEntry, directoryRow } = golden('frames')
    const { entry, hash } = sealedEntry as { entry: unknown; hash: string }
    expect(entryFrameSchema.parse(entry)).toEqual(entry)
    expect(sealEntry(entryFrameSchema.parse(entry)).hash).toBe(hash)
    expect(directoryRowSchema.parse(directoryRow)).toEqual(directoryRow)
  })

  test('an entry that was recorded in an earlier life names it, and seals to the hash that it always had', () => {
    const { reenteredEntry } = golden('frames')
    const { entry, hash } = reenteredEntry as { entry: unknown; hash: string }
    expect(entryFrameSchema.parse(entry)).toEqual(entry)
    expect(sealEntry(entryFrameSchema.parse(entry)).hash).toBe(hash)
  })

  test('a request that names its trace is read as it was written', () => {
    const { tracedRequest } = golden('frames')
    expect(directoryBodies.request.parse(tracedRequest)).toEqual(tracedRequest)
  })

  test('a booking that was left early, and requests about a later or an earlier end, are read as they were written', () => {
    const { releasedEarly, extensionRequests } = golden('frames')
    expect(entryBodies['booking.completed'].parse(releasedEarly)).toEqual(releasedEarly)
    for (const command of extensionRequests as unknown[]) {
      const request = { expiresMs: 1795181400000, command }
      expect(directoryBodies.request.parse(request)).toEqual(request)
    }
  })

  test('a booking sold by the cloud that says what was given back is read as it was written', () => {
    const { refundedSale } = golden('frames')
    expect(directoryBodies.booking.parse(refundedSale)).toEqual(refundedSale)
  })

  test('the outcome of an effect that names its payment is read as it was written', () => {
    const { refusedMoney } = golden('frames')
    expect(entryBodies['effect.settled'].parse(refusedMoney)).toEqual(refusedMoney)
  })

  test('no sample is left of a message that is gone', () => {
    expect(Object.keys(golden('entries'))).toEqual(Object.keys(entryBodies))
    expect(Object.keys(golden('directory'))).toEqual(Object.keys(directoryBodies))
  })
})
