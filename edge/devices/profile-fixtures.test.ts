import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  lineReader,
  messageReader,
  readInput,
  watchedInputs,
} from '@gatehouse/shared/profiles/interpretation'
import { resolveParameters } from '@gatehouse/shared/profiles/parameters'
import type { Parameters } from '@gatehouse/shared/profiles/placeholders'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { signMessage } from './drivers/level-sign.ts'
import { encodeRequest, flashOn } from './drivers/modbus-rtu.ts'
import { cardNumber } from './drivers/osdp/card-number.ts'
import { parsePlateRecognizer } from './drivers/plate-recognizer.ts'
import { profileFolder, readProfileFolder } from './profile-folder.ts'

const { profiles, problems } = readProfileFolder(profileFolder)
const events = z.array(z.record(z.string(), z.unknown())).optional()
const reading = z.enum(['understood', 'not_mine', 'garbage']).optional()

/** One step of a fixture: what goes in, and what must come out. */
const stepSchema = z.union([
  z.strictObject({ input: z.int(), closed: z.boolean(), events }),
  z.strictObject({ line: z.string(), events, reading }),
  z.strictObject({ topic: z.string(), payload: z.unknown(), events, reading }),
  z.strictObject({ topic: z.string(), text: z.string(), events, reading }),
  z.strictObject({ webhook: z.unknown(), events, refusal: z.string().optional() }),
  z.strictObject({
    shows: z.union([
      z.strictObject({ free: z.int(), full: z.boolean() }),
      z.strictObject({ lines: z.array(z.string()) }),
    ]),
    writes: z.string(),
  }),
  z.strictObject({
    card: z.strictObject({ bitCount: z.int(), hex: z.string() }),
    events,
    refusal: z.string().optional(),
  }),
  z.strictObject({ frame: z.enum(['readInputs', 'readOutputs']), unit: z.int(), hex: z.string() }),
  z.strictObject({
    frame: z.literal('pulse'),
    unit: z.int(),
    channel: z.int(),
    pulseMs: z.number(),
    hex: z.string(),
  }),
])
type Step = z.infer<typeof stepSchema>
const fixtureSchema = z.strictObject({
  profile: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  output: z.int().optional(),
  steps: z.array(stepSchema),
})

const folder = join(profileFolder, 'fixtures')
const fixtures = readdirSync(folder).map((file) => ({
  file,
  fixture: fixtureSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
}))

test('every profile is valid', () => {
  expect(problems).toEqual([])
})

test('every profile that decodes or drives something has a fixture', () => {
  const covered = new Set(fixtures.map(({ fixture }) => fixture.profile))
  const uncovered = [...profiles].filter(
    ([name, profile]) =>
      !covered.has(name) &&
      profile.driver !== 'caller' &&
      // Only a bridge's own state is decoded, and only a board with inputs is polled for them.
      !(profile.driver === 'mqtt-bridge' && !profile.messages) &&
      !(profile.driver === 'modbus-relay' && profile.registers?.inputs === 0),
  )
  expect(uncovered.map(([name]) => name)).toEqual([])
})

test('no profile claims hardware that was not tried', () => {
  expect([...profiles.values()].filter(({ quality }) => quality === 'hardware')).toEqual([])
})

describe.each(fixtures)('$file', ({ fixture }) => {
  const profile = profiles.get(fixture.profile) as DeviceProfile
  const resolved = resolveParameters(profile, fixture.parameters)
  const parameters: Parameters = resolved.ok ? resolved.value : {}

  test('its parameters fit the profile', () => {
    expect(resolved).toMatchObject({ ok: true })
    if (fixture.output !== undefined) {
      expect(profile.output && parameters[profile.output.parameter]).toBe(fixture.output)
    }
  })

  test('each input gives the events that it should', () => {
    const before = new Map<number, boolean>()
    for (const step of fixture.steps) checkStep(step, profile, parameters, before)
  })
})

function checkStep(step: Step, profile: DeviceProfile, parameters: Parameters, before: Map<number, boolean>) {
  if ('input' in step) {
    const watched = watchedInputs(profile, parameters).filter(({ channel }) => channel === step.input)
    const change = { before: before.get(step.input), closed: step.closed }
    before.set(step.input, step.closed)
    expect(watched.flatMap(({ rule }) => readInput(rule, parameters, change))).toEqual(step.events)
  } else if ('line' in step) {
    expectReading(lineReader(profile, parameters)(step.line), step)
  } else if ('topic' in step) {
    const payload = 'text' in step ? step.text : JSON.stringify(step.payload)
    expectReading(messageReader(profile, parameters)(step.topic, payload), step)
  } else if ('webhook' in step) {
    const read = parsePlateRecognizer(step.webhook, 0)
    if (step.refusal) expect(read).toMatchObject({ ok: false, error: { code: step.refusal } })
    else
      expect(read.ok && read.value.map((plate) => ({ kind: 'plate', ...plate }))).toMatchObject(
        step.events ?? [],
      )
  } else if ('card' in step) {
    const number = cardNumber(step.card.bitCount, Buffer.from(step.card.hex, 'hex'))
    if (step.refusal) expect(number).toEqual({ ok: false, error: step.refusal })
    else expect(number.ok && [{ kind: 'card', number: number.value }]).toEqual(step.events)
  } else if ('shows' in step) {
    expect(profile.sign && signMessage(profile.sign, parameters, step.shows)).toBe(step.writes)
  } else {
    expect(Buffer.from(frameOf(step, profile)).toString('hex')).toBe(step.hex.replace(/\s/g, ''))
  }
}

function expectReading(
  read: ReturnType<ReturnType<typeof lineReader>>,
  step: { events?: unknown; reading?: unknown },
) {
  if (step.reading) expect(read.kind).toBe(step.reading)
  else expect(read).toEqual({ kind: 'understood', events: step.events })
}

function frameOf(step: Extract<Step, { frame: string }>, profile: DeviceProfile): Uint8Array {
  const { registers } = profile
  if (!registers) return new Uint8Array()
  if (step.frame === 'pulse') {
    const request = flashOn(registers, step)
    return request.ok ? encodeRequest(request.value) : new Uint8Array()
  }
  const [address, count] =
    step.frame === 'readInputs'
      ? [registers.inputAddress, registers.inputs]
      : [registers.coilAddress, registers.outputs]
  return encodeRequest({ kind: step.frame, unit: step.unit, address, count })
}
