import type { PlateRule, PlateRules } from '@gatehouse/shared/profiles/plate-rules'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { PlateRead } from '../../ports/plate-camera.ts'
import { numberAt, type Reading, textAt, valueAt } from './message-values.ts'
import { readMoment } from './moment.ts'
import { parseXml } from './xml.ts'

/** Readings taken from one message; a camera that sends more is broken. */
const readingsMax = 20
const candidatesMax = 10
const messageCharactersMax = 1_000_000
const plateCharactersMax = 20
const wordCharactersMax = 60

/** Why a camera's message was refused. `at` names the field. */
export type PlateRefusal =
  | { readonly code: 'not_json' | 'not_xml' }
  | { readonly code: 'missing_field' | 'wrong_field'; readonly at: string }
  | { readonly code: 'no_plate' }

/**
 * Reads a camera's message by the rules of its profile: text, or JSON that is parsed already. `nowMs` stands in when
 * the camera sent no readable time. Plates come out upper case without separators, confidences 0–1. A message of another
 * kind, a heartbeat for example, gives no reading and is no mistake.
 */
export function readPlateMessage(
  rules: PlateRules,
  body: unknown,
  nowMs: number,
): Result<PlateRead[], PlateRefusal> {
  const message = typeof body === 'string' ? parse(rules.body, body) : body
  if (typeof message !== 'object' || message === null) {
    return err({ code: rules.body === 'json' ? 'not_json' : 'not_xml' })
  }
  const whole: Reading = { message, value: message, at: '' }
  let refusal: PlateRefusal | undefined
  let isOther = false
  for (const rule of rules.rules) {
    const read = applyRule(rule, whole, nowMs)
    if (read.kind === 'reads') return read.reads.length === 0 ? err({ code: 'no_plate' }) : ok(read.reads)
    if (read.kind === 'refused') return err(read.refusal)
    if (read.kind === 'other') isOther = true
    else refusal ??= { code: 'missing_field', at: read.at }
  }
  return refusal === undefined || isOther ? ok([]) : err(refusal)
}

/** Writes a plate in the one form in which plates are compared: upper case letters and digits. */
export function normalisePlate(plate: string): string {
  return plate
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function parse(body: PlateRules['body'], text: string): unknown {
  if (text.length > messageCharactersMax) return undefined
  if (body === 'xml') return parseXml(text)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `other`: a message or vehicle that this rule takes no plate from, and no mistake. */
type Applied =
  | { readonly kind: 'reads'; readonly reads: PlateRead[] }
  | { readonly kind: 'other' }
  /** What would tell whether the rule is about this message is not there. */
  | { readonly kind: 'unlike'; readonly at: string }
  | { readonly kind: 'refused'; readonly refusal: PlateRefusal }

const missing = (at: string): Applied => ({ kind: 'refused', refusal: { code: 'missing_field', at } })
const wrong = (at: string): Applied => ({ kind: 'refused', refusal: { code: 'wrong_field', at } })

function applyRule(rule: PlateRule, whole: Reading, nowMs: number): Applied {
  if (rule.each === undefined) return readOne(rule, whole, nowMs)
  const required = missingOf(
    whole,
    (rule.requires ?? []).filter((path) => path.startsWith('^')),
  )
  if (required) return required
  const gate = Object.entries(rule.when ?? {}).filter(([path]) => path.startsWith('^'))
  const isAbout = matches(gate, whole)
  if (isAbout) return isAbout
  const list = valueAt(whole, rule.each)
  if (list.kind === 'missing') return gate.length > 0 ? missing(list.at) : { kind: 'unlike', at: list.at }
  if (!Array.isArray(list.value) || list.value.length > readingsMax) return wrong(rule.each)
  const reads: PlateRead[] = []
  let others = 0
  for (const [index, value] of list.value.entries()) {
    const applied = readOne(rule, { ...whole, value, at: `${rule.each}.${index}` }, nowMs)
    if (applied.kind === 'refused') return applied
    if (applied.kind === 'unlike') return missing(applied.at)
    if (applied.kind === 'other') others += 1
    else reads.push(...applied.reads)
  }
  return others > 0 && others === list.value.length ? { kind: 'other' } : { kind: 'reads', reads }
}

function readOne(rule: PlateRule, reading: Reading, nowMs: number): Applied {
  const isAbout = matches(Object.entries(rule.when ?? {}), reading)
  if (isAbout) return isAbout
  for (const [path, values] of Object.entries(rule.unless ?? {})) {
    const text = textAt(reading, path)
    if (text !== undefined && values.includes(text)) return { kind: 'other' }
  }
  const required = missingOf(reading, rule.requires ?? [])
  if (required) return required
  const plate = valueAt(reading, rule.plate)
  if (plate.kind === 'missing') return isHeld(reading, rule.plate) ? { kind: 'other' } : missing(plate.at)
  if (rule.unread?.includes(String(plate.value))) return { kind: 'other' }
  if (typeof plate.value !== 'string' || plate.value.length > plateCharactersMax) {
    return wrong(placeOf(reading, rule.plate))
  }
  const score = readScore(rule, reading)
  if (!score.ok) return { kind: 'refused', refusal: score.error }
  const candidates = readCandidates(rule, reading)
  if (!candidates) return wrong(placeOf(reading, rule.candidates?.each ?? ''))
  const clean = cleanPlate(rule, plate.value)
  if (clean === '') return { kind: 'reads', reads: [] }
  const others = candidates.filter((candidate) => candidate.plate !== clean)
  return {
    kind: 'reads',
    reads: [describe(rule, reading, { plate: clean, score: score.value, candidates: others, nowMs })],
  }
}

/** Undefined when every value is among those wished. */
function matches(wished: readonly [string, string[]][], reading: Reading): Applied | undefined {
  for (const [path, values] of wished) {
    const text = textAt(reading, path)
    if (text === undefined) return { kind: 'unlike', at: placeOf(reading, path) }
    if (!values.includes(text)) return { kind: 'other' }
  }
  return undefined
}

function missingOf(reading: Reading, paths: readonly string[]): Applied | undefined {
  for (const path of paths) {
    const found = valueAt(reading, path)
    if (found.kind === 'missing') return missing(found.at)
  }
  return undefined
}

function describe(
  rule: PlateRule,
  reading: Reading,
  { plate, score, candidates, nowMs }: Pick<PlateRead, 'plate' | 'score' | 'candidates'> & { nowMs: number },
): PlateRead {
  const said = rule.capturedAt && textAt(reading, rule.capturedAt.path)
  const capturedMs = said === undefined || !rule.capturedAt ? undefined : readMoment(said, rule.capturedAt.as)
  const direction = readDirection(rule, reading)
  const vehicleType = rule.vehicleType && textAt(reading, rule.vehicleType)?.slice(0, wordCharactersMax)
  const keyOf = (paths: readonly string[]) => paths.map((path) => textAt(reading, path) ?? nowMs).join('/')
  return {
    plate,
    score,
    candidates,
    ...(vehicleType === undefined ? {} : { vehicleType }),
    ...(direction === undefined ? {} : { direction }),
    capturedMs: capturedMs ?? nowMs,
    arrivalKey: `${keyOf(rule.reading)}/${plate}`,
    ...(rule.vehicle ? { vehicle: keyOf(rule.vehicle) } : {}),
  }
}

/** Empty and null plates are said of vehicles without one; only what is not there at all is missing. */
function isHeld(reading: Reading, path: string): boolean {
  const keys = path.replace('^', '').split('.')
  const last = keys.pop() ?? ''
  const parent =
    keys.length === 0 ? undefined : valueAt(reading, `${path.startsWith('^') ? '^' : ''}${keys.join('.')}`)
  const holder = parent === undefined ? reading.value : parent.kind === 'value' ? parent.value : undefined
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, last)
}

function placeOf(reading: Reading, path: string): string {
  const found = valueAt(reading, path)
  if (found.kind === 'missing') return found.at
  if (path.startsWith('^')) return path.slice(1)
  return reading.at === '' ? path : `${reading.at}.${path}`
}

function readScore({ confidence }: PlateRule, reading: Reading): Result<number, PlateRefusal> {
  if (!confidence) return ok(1)
  const found = valueAt(reading, confidence.path)
  if (found.kind === 'missing') return err({ code: 'missing_field', at: found.at })
  const number = numberAt(reading, confidence.path)
  if (number === undefined || number < 0 || number > confidence.of) {
    return err({ code: 'wrong_field', at: placeOf(reading, confidence.path) })
  }
  return ok(rounded(number / confidence.of))
}

/** Other readings, best first, also those without a confidence; undefined when the list is none. */
function readCandidates(rule: PlateRule, reading: Reading): PlateRead['candidates'] | undefined {
  if (!rule.candidates) return []
  const list = valueAt(reading, rule.candidates.each)
  if (list.kind === 'missing') return []
  if (!Array.isArray(list.value)) return undefined
  const { plate: platePath, confidence } = rule.candidates
  return list.value
    .slice(0, readingsMax)
    .map((value) => {
      const candidate = { ...reading, value, at: '' }
      const score = (numberAt(candidate, confidence) ?? 0) / (rule.confidence?.of ?? 1)
      const text = (textAt(candidate, platePath) ?? '').slice(0, plateCharactersMax)
      return { plate: cleanPlate(rule, text), score: rounded(Math.min(1, Math.max(0, score))) }
    })
    .filter(({ plate }) => plate !== '')
    .sort((a, b) => b.score - a.score)
    .slice(0, candidatesMax)
}

function readDirection({ direction }: PlateRule, reading: Reading): 'in' | 'out' | undefined {
  const text = direction && textAt(reading, direction.path)
  if (direction === undefined || text === undefined) return undefined
  if (direction.in.includes(text)) return 'in'
  return direction.out.includes(text) ? 'out' : undefined
}

function cleanPlate({ unread = [], prefixes = [] }: PlateRule, text: string): string {
  if (unread.includes(text)) return ''
  const prefix = prefixes.find((word) => text.startsWith(word) && text.length > word.length)
  return normalisePlate(prefix === undefined ? text : text.slice(prefix.length))
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000
}
