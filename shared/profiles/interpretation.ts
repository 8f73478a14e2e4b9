import { assertNever } from '../result/result.ts'
import { escapePattern, fillPlaceholders, type Parameters } from './placeholders.ts'
import type { PrinterTrouble } from './printer-rules.ts'
import type { DeviceProfile, InputRule, MessageRule, ParameterValue } from './profile.ts'

/** What a device said, read by its profile, not yet tied to a device id. */
export type ProfileEvent =
  | { readonly kind: 'card'; readonly number: string }
  | { readonly kind: 'pin'; readonly digits: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'contact'; readonly closed: boolean }
  /** The supervised line of a contact is bridged or cut; the contact's next word says that it is sound again. */
  | { readonly kind: 'line'; readonly fault: 'short' | 'open_circuit' }
  | { readonly kind: 'button' }
  | { readonly kind: 'loop'; readonly loop: 'approach' | 'safety' | 'exit'; readonly covered: boolean }
  /** A limit switch of a boom: it is at this end, or not. */
  | { readonly kind: 'boom'; readonly limit: 'open' | 'closed'; readonly reached: boolean }
  /** The contact of the fire alarm system; also told once when first known. */
  | { readonly kind: 'fire'; readonly active: boolean }
  | { readonly kind: 'bay'; readonly occupied: boolean }
  /** The case of the device was opened or closed; its first word that all is well is not told. */
  | { readonly kind: 'tamper'; readonly active: boolean }
  /** The device runs out of power, or has it again. */
  | { readonly kind: 'power'; readonly failed: boolean }
  /** The device is not what it says it is, or speaks in clear; `reason` is a stable machine word. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** A printer needs a person for something, or no longer. */
  | { readonly kind: 'printer'; readonly trouble: PrinterTrouble; readonly active: boolean }
  | { readonly kind: 'status'; readonly online: boolean }

/** What came of reading one line or message: events, or why it was not understood. */
export type Reading =
  | { readonly kind: 'understood'; readonly events: readonly ProfileEvent[] }
  | { readonly kind: 'not_mine' }
  | { readonly kind: 'garbage'; readonly reason: 'not_json' | 'missing_value' | 'wrong_value' }

/** Longest line or payload that is read, in characters. */
export const readingCharactersMax = 65_536

/** The channels of a board that a device listens to, with the rule of each. */
export function watchedInputs(
  profile: DeviceProfile,
  parameters: Parameters,
): { readonly channel: number; readonly rule: InputRule }[] {
  return (profile.inputs ?? []).flatMap((rule) => {
    const channel = parameters[rule.parameter]
    return typeof channel === 'number' ? [{ channel, rule }] : []
  })
}

/**
 * Reads a change of a board input. `before` is undefined for the first reading: a button held down at start-up is
 * not a press, a contact, loop or fire contact is reported.
 */
export function readInput(
  rule: InputRule,
  parameters: Parameters,
  change: {
    readonly before: boolean | undefined
    readonly closed: boolean
    readonly fault?: 'short' | 'open_circuit'
  },
): ProfileEvent[] {
  if (change.fault !== undefined) return faultEvents(rule, change.fault)
  const flip = rule.invert !== undefined && parameters[rule.invert] === true
  const value = change.closed !== flip
  if (rule.event === 'contact') return [{ kind: 'contact', closed: value }]
  if (rule.event === 'loop') return [{ kind: 'loop', loop: rule.loop ?? 'approach', covered: value }]
  if (rule.event === 'boom') return [{ kind: 'boom', limit: rule.limit ?? 'closed', reached: value }]
  // A fire loop is closed at rest: a wire that breaks alarms.
  if (rule.event === 'fire') return [{ kind: 'fire', active: !value }]
  return change.before !== undefined && value ? [{ kind: 'button' }] : []
}

/** A faulty line is never an opening, a press or a vehicle; that of a fire contact is an alarm. */
function faultEvents({ event }: InputRule, fault: 'short' | 'open_circuit'): ProfileEvent[] {
  if (event === 'fire') return [{ kind: 'fire', active: true }]
  return event === 'contact' ? [{ kind: 'line', fault }] : []
}

/** Builds the reader of text lines for one device; patterns are compiled once. */
export function lineReader(profile: DeviceProfile, parameters: Parameters): (line: string) => Reading {
  const rules = (profile.lines ?? []).map((rule) => ({
    event: rule.event,
    pattern: new RegExp(fillPlaceholders(rule.match, parameters, escapePattern), 'u'),
  }))
  return (line) => {
    for (const { event, pattern } of rules) {
      const found = pattern.exec(line)
      if (!found) continue
      const value = found.groups?.value ?? ''
      if (event === 'alive') return { kind: 'understood', events: [{ kind: 'status', online: true }] }
      if (value === '') return { kind: 'garbage', reason: 'missing_value' }
      return { kind: 'understood', events: [readValue(event, value)] }
    }
    return { kind: 'not_mine' }
  }
}

function readValue(kind: 'card' | 'pin' | 'code', value: string): ProfileEvent {
  switch (kind) {
    case 'card':
      return { kind, number: value }
    case 'pin':
      return { kind, digits: value }
    case 'code':
      return { kind, text: value }
    default:
      return assertNever(kind)
  }
}

/** The topics that a device's messages arrive on. */
export function messageTopics(profile: DeviceProfile, parameters: Parameters): string[] {
  const topics = (profile.messages ?? []).map((rule) => fillPlaceholders(rule.topic, parameters))
  return [...new Set(topics)]
}

/** Builds the reader of broker messages for one device. */
export function messageReader(
  profile: DeviceProfile,
  parameters: Parameters,
): (topic: string, payload: string) => Reading {
  const rules = (profile.messages ?? []).map((rule) => ({
    rule,
    topic: fillPlaceholders(rule.topic, parameters),
  }))
  return (topic, payload) => {
    const mine = rules.filter((entry) => entry.topic === topic)
    if (mine.length === 0) return { kind: 'not_mine' }
    const parsed = parseJson(payload)
    const readings = mine.map(({ rule }) => readMessage(rule, parsed, payload))
    const events = readings.flatMap((reading) => (reading.kind === 'understood' ? reading.events : []))
    const firstGarbage = readings.find((reading) => reading.kind === 'garbage')
    if (events.length === 0 && firstGarbage) return firstGarbage
    return { kind: 'understood', events }
  }
}

function readMessage(rule: MessageRule, parsed: { value: unknown } | undefined, payload: string): Reading {
  if (!parsed && !rule.text) return { kind: 'garbage', reason: 'not_json' }
  const root = parsed ? parsed.value : payload.trim()
  if (rule.requires?.some((path) => valueAt(root, path) === undefined)) {
    return { kind: 'understood', events: [] }
  }
  const value = rule.text && typeof root === 'string' ? root : valueAt(root, rule.path)
  const truth = value === undefined ? rule.absent : truthOf(rule, value)
  if (truth === undefined) {
    return { kind: 'garbage', reason: value === undefined ? 'missing_value' : 'wrong_value' }
  }
  return { kind: 'understood', events: [meant(rule.event, truth)] }
}

function meant(event: MessageRule['event'], truth: boolean): ProfileEvent {
  switch (event) {
    case 'bay':
      return { kind: 'bay', occupied: truth }
    case 'contact':
      return { kind: 'contact', closed: truth }
    case 'tamper':
      return { kind: 'tamper', active: truth }
    case 'status':
      return { kind: 'status', online: truth }
    default:
      return assertNever(event)
  }
}

function truthOf(rule: MessageRule, value: unknown): boolean | undefined {
  const listed = (list: readonly ParameterValue[] | undefined) =>
    list?.some((candidate) => candidate === value) ?? false
  if (listed(rule.whenTrue)) return true
  if (listed(rule.whenFalse)) return false
  return typeof value === 'boolean' && !rule.whenTrue && !rule.whenFalse ? value : undefined
}

function valueAt(root: unknown, path: string): unknown {
  if (path === '') return root
  let value = root
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value ?? undefined
}

function parseJson(text: string): { value: unknown } | undefined {
  if (text.length > readingCharactersMax) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
