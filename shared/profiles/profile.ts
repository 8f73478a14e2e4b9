import { z } from 'zod'
import { plateRulesSchema } from './plate-rules.ts'
import { printerRulesSchema } from './printer-rules.ts'
import { modelQualitySchema } from './quality.ts'

/** What a device is for. `board` carries others; `bridge` publishes for others on MQTT; `screen` calls the edge. */
export const profileCapabilitySchema = z.enum([
  'reader',
  'strike',
  'contact',
  'button',
  'barrier',
  'detector',
  'bay_sensor',
  'camera',
  'display',
  'printer',
  'board',
  'bridge',
  'screen',
])
export type ProfileCapability = z.infer<typeof profileCapabilitySchema>

/** Which driver of the edge speaks to it. */
const driverSchema = z.enum([
  'io',
  'modbus-relay',
  'line',
  'sign',
  'escpos',
  'osdp',
  'wiegand',
  'mqtt',
  'mqtt-bridge',
  'camera',
  'mqtt-camera',
  'caller',
])
export type ProfileDriver = z.infer<typeof driverSchema>

const parameterValueSchema = z.union([z.string(), z.number(), z.boolean()])
export type ParameterValue = z.infer<typeof parameterValueSchema>

const parameterSchema = z.strictObject({
  type: z.enum(['string', 'integer', 'boolean']),
  /** One sentence for the person who plugs the device in. */
  about: z.string().min(1),
  /** Without a default the device row must give it, unless `optional`. */
  default: parameterValueSchema.optional(),
  optional: z.boolean().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})
export type ProfileParameter = z.infer<typeof parameterSchema>

/** A board input and what its closing means. `parameter` names the channel; `invert` a flag that flips it. */
const inputRuleSchema = z.strictObject({
  parameter: z.string(),
  event: z.enum(['contact', 'button', 'loop', 'boom', 'fire']),
  loop: z.enum(['approach', 'safety', 'exit']).optional(),
  /** Which end of a boom's way the switch is at. */
  limit: z.enum(['open', 'closed']).optional(),
  invert: z.string().optional(),
})
export type InputRule = z.infer<typeof inputRuleSchema>

/** A text line of a reader; a `code` is what a scanner read off a screen or paper. `match` is a regular expression with a group `value`; `{name}` inserts a parameter. */
const lineRuleSchema = z.strictObject({
  match: z.string().min(1).max(200),
  event: z.enum(['card', 'pin', 'code', 'alive']),
})
export type LineRule = z.infer<typeof lineRuleSchema>

/** A message of a broker and the truth value inside it. */
const messageRuleSchema = z.strictObject({
  /** Topic; `{name}` inserts a parameter. */
  topic: z.string().min(1),
  event: z.enum(['bay', 'contact', 'tamper', 'status']),
  /** Dotted path of the value inside the JSON payload; empty takes the whole payload. */
  path: z.string(),
  /** Also accept a payload that is not JSON as plain text. */
  text: z.boolean().optional(),
  /** Paths that must be there, else the message says nothing about this rule. */
  requires: z.array(z.string()).optional(),
  /** Values that mean true and false; without them only JSON booleans are read. */
  whenTrue: z.array(parameterValueSchema).optional(),
  whenFalse: z.array(parameterValueSchema).optional(),
  /** What a missing value means. Some networks leave out false and zero. */
  absent: z.boolean().optional(),
})
export type MessageRule = z.infer<typeof messageRuleSchema>

/** How a sign is written to, one line per message; `{free}` and `{line1}`… insert content. */
const signSchema = z.strictObject({
  free: z.string(),
  full: z.string(),
  lines: z.string(),
  /** `cr`, `lf` or `crlf` after each message. */
  end: z.enum(['cr', 'lf', 'crlf']),
  /** Regular expression of the confirming line. */
  acknowledged: z.string(),
})
export type SignRules = z.infer<typeof signSchema>

/** Register map of a Modbus relay board; addresses as on the wire, zero-based. */
const registersSchema = z.strictObject({
  outputs: z.int().min(1).max(32),
  inputs: z.int().min(0).max(32),
  /** First coil (FC01 reads, FC05 writes). */
  coilAddress: z.int().min(0).max(0xffff),
  /** First discrete input (FC02). */
  inputAddress: z.int().min(0).max(0xffff),
  /** FC05 at this address + channel with value N switches on for N × `flashUnitMs`, timed on the board. */
  flashOnAddress: z.int().min(0).max(0xffff),
  flashUnitMs: z.int().min(1).max(1000),
  flashUnitsMax: z.int().min(1).max(0xffff),
  /**
   * The board measures its inputs instead of reading them as bits: FC04 gives a level for each from `address` on. Lines
   * have resistors at their ends, so that a level below `shortBelow` is a bridged line, then a closed contact, then an
   * open one, and from `cutFrom` on a line that is cut.
   */
  supervised: z
    .strictObject({
      address: z.int().min(0).max(0xffff),
      shortBelow: z.int().min(1).max(0xffff),
      openFrom: z.int().min(1).max(0xffff),
      cutFrom: z.int().min(1).max(0xffff),
    })
    .refine(
      ({ shortBelow, openFrom, cutFrom }) => shortBelow < openFrom && openFrom < cutFrom,
      'levels ascend',
    )
    .optional(),
})
export type RegisterMap = z.infer<typeof registersSchema>

/** Where facts come from. */
export const provenanceSchema = z.enum(['vendor-doc', 'simulator', 'captured'])

/** What a device is and how to talk to it, complete, as drivers use it. */
export const deviceProfileSchema = z.strictObject({
  vendor: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  model: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  capability: profileCapabilitySchema,
  driver: driverSchema,
  /** Where the facts come from: a vendor's document, made up for our simulator, or recorded from the device itself. */
  provenance: provenanceSchema,
  /** Where this model differs from its driver's ratings in `drivers/`. */
  quality: modelQualitySchema.optional(),
  /** Addresses or titles of the documents; a `vendor-doc` has at least one. */
  sources: z.array(z.string().min(1)).optional(),
  /** Milliseconds, so every name ends in `Ms`. */
  timing: z.record(z.string().regex(/Ms$/), z.number().min(0)).default({}),
  parameters: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), parameterSchema).default({}),
  wiring: z.array(z.string()).default([]),
  inputs: z.array(inputRuleSchema).optional(),
  /** The parameter that names the output channel. */
  output: z.strictObject({ parameter: z.string() }).optional(),
  /** What else it switches, by role; each names its channel's parameter, which may be left out of a row. */
  outputs: z.array(z.strictObject({ parameter: z.string(), role: z.enum(['hold', 'light']) })).optional(),
  lines: z.array(lineRuleSchema).optional(),
  messages: z.array(messageRuleSchema).optional(),
  /** Topics that a bridge may publish, with MQTT wildcards. */
  publishes: z.array(z.string()).optional(),
  sign: signSchema.optional(),
  registers: registersSchema.optional(),
  plates: plateRulesSchema.optional(),
  printer: printerRulesSchema.optional(),
})
export type DeviceProfile = z.infer<typeof deviceProfileSchema>

/** A profile file: complete, or resting on one template. */
export const profileFileSchema = deviceProfileSchema.partial().extend({
  $schema: z.string().optional(),
  /** File name inside `templates/`, without `.json`. Templates rest on nothing. */
  extends: z.string().optional(),
  vendor: deviceProfileSchema.shape.vendor,
  model: deviceProfileSchema.shape.model,
})

/** A template: any part of a profile but its name. */
export const profileTemplateSchema = deviceProfileSchema
  .partial()
  .omit({ vendor: true, model: true })
  .extend({ $schema: z.string().optional() })
