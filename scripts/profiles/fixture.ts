import { isDeepStrictEqual } from 'node:util'
import { CameraIntake } from '@gatehouse/edge/devices/camera-intake'
import { layOut } from '@gatehouse/edge/devices/drivers/escpos/layout'
import { troublesOf } from '@gatehouse/edge/devices/drivers/escpos/status'
import { signMessage } from '@gatehouse/edge/devices/drivers/level-sign'
import { encodeRequest, flashOn } from '@gatehouse/edge/devices/drivers/modbus-rtu'
import { EscposPaper } from '@gatehouse/edge/devices/simulators/escpos-paper'
import type { CardFormat } from '@gatehouse/shared/profiles/card-format'
import { chooseCardFormats, readCard } from '@gatehouse/shared/profiles/card-number'
import {
  lineReader,
  messageReader,
  type Reading,
  readInput,
  watchedInputs,
} from '@gatehouse/shared/profiles/interpretation'
import { resolveParameters } from '@gatehouse/shared/profiles/parameters'
import { fillPlaceholders, type Parameters } from '@gatehouse/shared/profiles/placeholders'
import { type DeviceProfile, provenanceSchema } from '@gatehouse/shared/profiles/profile'
import { z } from 'zod'

const events = z.array(z.record(z.string(), z.unknown())).optional()
const reading = z.enum(['understood', 'not_mine', 'garbage']).optional()

/** One step of a fixture: what goes in, and what must come out. */
const stepSchema = z.union([
  z.strictObject({ input: z.int(), closed: z.boolean(), events }),
  z.strictObject({ line: z.string(), events, reading }),
  z.strictObject({ topic: z.string(), payload: z.unknown(), events, reading }),
  z.strictObject({ topic: z.string(), text: z.string(), events, reading }),
  z.strictObject({
    /** A camera's message: JSON, or text. */
    webhook: z.unknown(),
    /** Wall clock of the site; without it the site does not trust its own. */
    atMs: z.int().optional(),
    events,
    refusal: z.string().optional(),
  }),
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
  z.strictObject({
    prints: z.strictObject({ title: z.string(), lines: z.array(z.string()), code: z.string().optional() }),
    papers: z.array(z.strictObject({ lines: z.array(z.string()), code: z.string().optional() })),
  }),
  z.strictObject({
    printerStatus: z.tuple([z.int(), z.int(), z.int(), z.int()]),
    troubles: z.array(z.string()),
  }),
  z.strictObject({
    frame: z.enum(['readInputs', 'readOutputs', 'readLevels']),
    unit: z.int(),
    hex: z.string(),
  }),
  z.strictObject({
    frame: z.literal('pulse'),
    unit: z.int(),
    channel: z.int(),
    pulseMs: z.number(),
    hex: z.string(),
  }),
])
type Step = z.infer<typeof stepSchema>

/** A file of `fixtures/`: a profile with its parameters, and steps that must come out as said. */
export const fixtureSchema = z.strictObject({
  profile: z.string(),
  /** Where these bytes or messages come from, when not from where the profile does. */
  provenance: provenanceSchema.optional(),
  /** The document or the recording. */
  source: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  output: z.int().optional(),
  steps: z.array(stepSchema),
})
export type Fixture = z.infer<typeof fixtureSchema>

/** Runs a fixture through its profile; gives a sentence for each step that came out otherwise. */
export function fixtureProblems(
  fixture: Fixture,
  profile: DeviceProfile,
  cardFormats: ReadonlyMap<string, CardFormat>,
): string[] {
  const resolved = resolveParameters(profile, fixture.parameters)
  if (!resolved.ok) return [`parameters: ${resolved.error.code} ${resolved.error.parameter}`]
  const parameters = resolved.value
  const problems: string[] = []
  if (fixture.output !== undefined && fixture.output !== outputOf(profile, parameters)) {
    problems.push(`output: it is ${outputOf(profile, parameters)}`)
  }
  const camera = profile.plates && new CameraIntake({ profile, parameters }, profile.plates)
  const setting = { profile, parameters, before: new Map<number, boolean>(), cardFormats, camera }
  for (const [index, step] of fixture.steps.entries()) {
    const { came, expected } = runStep(step, setting)
    if (isDeepStrictEqual(came, expected)) continue
    problems.push(`steps.${index}: expected ${JSON.stringify(expected)}, came ${JSON.stringify(came)}`)
  }
  return problems
}

interface Setting {
  readonly profile: DeviceProfile
  readonly parameters: Parameters
  readonly before: Map<number, boolean>
  readonly cardFormats: ReadonlyMap<string, CardFormat>
  readonly camera: CameraIntake | undefined
}

/** What came out of one step and what the fixture says. */
interface Comparison {
  readonly came: unknown
  readonly expected: unknown
}

function outputOf({ output }: DeviceProfile, parameters: Parameters) {
  return output && parameters[output.parameter]
}

function runStep(step: Step, setting: Setting): Comparison {
  const { profile, parameters, cardFormats, camera } = setting
  if ('input' in step) return inputStep(step, setting)
  if ('line' in step) return readingStep(lineReader(profile, parameters)(step.line), step)
  if ('topic' in step) {
    const payload = 'text' in step ? step.text : JSON.stringify(step.payload)
    const topics = (profile.plates?.topics ?? []).map((topic) => fillPlaceholders(topic, parameters))
    if (topics.includes(step.topic)) return cameraStep({ ...step, webhook: payload }, camera)
    return readingStep(messageReader(profile, parameters)(step.topic, payload), step)
  }
  if ('webhook' in step) return cameraStep(step, camera)
  if ('card' in step) {
    const choice = chooseCardFormats(String(parameters.cardFormats ?? ''), cardFormats)
    if (!choice.ok) return { came: choice.error, expected: step.refusal }
    const read = readCard(choice.value, step.card.bitCount, Buffer.from(step.card.hex, 'hex'))
    if (step.refusal) return { came: read.ok ? undefined : read.error, expected: step.refusal }
    return { came: read.ok && [{ kind: 'card', number: read.value.number }], expected: step.events }
  }
  if ('prints' in step) return printStep(step, profile)
  if ('printerStatus' in step) {
    const [first, second, third, fourth] = step.printerStatus
    return { came: [...troublesOf({ 1: first, 2: second, 3: third, 4: fourth })], expected: step.troubles }
  }
  if ('shows' in step) {
    return { came: profile.sign && signMessage(profile.sign, parameters, step.shows), expected: step.writes }
  }
  return { came: Buffer.from(frameOf(step, profile)).toString('hex'), expected: step.hex.replace(/\s/g, '') }
}

function inputStep(step: Extract<Step, { input: number }>, setting: Setting): Comparison {
  const { profile, parameters, before } = setting
  const watched = watchedInputs(profile, parameters).filter(({ channel }) => channel === step.input)
  const change = { before: before.get(step.input), closed: step.closed }
  before.set(step.input, step.closed)
  return { came: watched.flatMap(({ rule }) => readInput(rule, parameters, change)), expected: step.events }
}

function readingStep(
  read: Reading,
  step: { readonly events?: unknown; readonly reading?: unknown },
): Comparison {
  if (step.reading) return { came: read.kind, expected: step.reading }
  return { came: read, expected: { kind: 'understood', events: step.events } }
}

interface CameraStep {
  readonly webhook?: unknown
  readonly atMs?: number | undefined
  readonly events?: unknown
  readonly refusal?: string | undefined
}

function cameraStep(
  { webhook, atMs, events: expected, refusal }: CameraStep,
  camera?: CameraIntake,
): Comparison {
  const text = typeof webhook === 'string' ? webhook : JSON.stringify(webhook)
  const quality = atMs === undefined ? 'untrusted' : 'trusted'
  const ms = atMs ?? 0
  const taken = camera?.take({ text }, { wallMs: ms, monotonicMs: ms, bootId: 'fixture', quality })
  if (!taken?.ok) return { came: taken?.error.code, expected: refusal }
  const came = taken.value.fresh.map(({ arrivalKey: _key, ...plate }) => ({ kind: 'plate', ...plate }))
  return { came, expected }
}

function printStep(step: Extract<Step, { prints: object }>, { printer }: DeviceProfile): Comparison {
  const { title, lines, code } = step.prints
  const bytes = printer && layOut(printer, { title, lines, ...(code === undefined ? {} : { code }) })
  const inputs = bytes ? new EscposPaper().receive(bytes) : []
  const came = inputs.flatMap((input) => (input.kind === 'cut' ? [input.paper] : []))
  return { came, expected: step.papers }
}

function frameOf(step: Extract<Step, { frame: string }>, profile: DeviceProfile): Uint8Array {
  const { registers } = profile
  if (!registers) return new Uint8Array()
  if (step.frame === 'pulse') {
    const request = flashOn(registers, step)
    return request.ok ? encodeRequest(request.value) : new Uint8Array()
  }
  const { supervised, inputs, outputs } = registers
  const asked = {
    readInputs: { address: registers.inputAddress, count: inputs },
    readOutputs: { address: registers.coilAddress, count: outputs },
    readLevels: { address: supervised?.address ?? 0, count: inputs },
  }
  return encodeRequest({ kind: step.frame, unit: step.unit, ...asked[step.frame] })
}
