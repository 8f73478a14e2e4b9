import { z } from 'zod'
import { actReasonSchema, deviceTestSchema } from '../wire/v1/staff.ts'

/** How a device stands: `awaited` has not been heard yet and need not have been. */
export const deviceStandingSchema = z.enum(['online', 'offline', 'awaited', 'untrusted', 'trouble'])
export type DeviceStanding = z.infer<typeof deviceStandingSchema>

/** Something an input was last seen as. */
const inputViewSchema = z.object({
  input: z.enum(['contact', 'button', 'loop', 'bay', 'tamper']),
  loop: z.string().optional(),
  isActive: z.boolean(),
  atMs: z.int(),
  /** How often it changed since the edge was started. */
  changes: z.int(),
})
export type InputView = z.infer<typeof inputViewSchema>

/** A device as those who wire it see it. */
export const deviceViewSchema = z.object({
  deviceId: z.string(),
  name: z.string(),
  profile: z.string(),
  title: z.string(),
  capability: z.string(),
  driver: z.string().optional(),
  standing: deviceStandingSchema,
  /** A stable machine word for what is wrong. */
  detail: z.string().optional(),
  /** Since when it stands so, as far as this start of the edge saw; epoch ms. */
  sinceMs: z.int().optional(),
  heardMs: z.int().optional(),
  place: z.object({
    kind: z.enum(['bus', 'broker', 'caller', 'unknown']),
    bus: z.string().optional(),
    address: z.string().optional(),
  }),
  /** What of the site rests on it: doors, lanes, spaces, levels, by name. */
  serves: z.array(
    z.object({ kind: z.enum(['door', 'lane', 'space', 'level']), name: z.string(), as: z.string() }),
  ),
  events: z.int(),
  garbage: z.int(),
  inputs: z.array(inputViewSchema),
  tests: z.array(deviceTestSchema),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  wiring: z.array(z.string()),
})
export type DeviceView = z.infer<typeof deviceViewSchema>

/** A bus with its figures and the last of what passed on it. */
export const busViewSchema = z.object({
  bus: z.string(),
  kind: z.string(),
  family: z.string().optional(),
  isUp: z.boolean(),
  sent: z.int(),
  answered: z.int(),
  timeouts: z.int(),
  lost: z.int(),
  exchanges: z.array(
    z.object({
      fromMs: z.int(),
      lastMs: z.int(),
      times: z.int(),
      out: z.string().optional(),
      in: z.string().optional(),
    }),
  ),
})
export type BusView = z.infer<typeof busViewSchema>

/** Everything that is wired here. */
export const devicesViewSchema = z.object({
  nowMs: z.int(),
  /** Since when nobody is let in, epoch ms; strikes are not tried then. */
  lockdownSinceMs: z.int().optional(),
  items: z.array(deviceViewSchema),
  buses: z.array(busViewSchema),
})
export type DevicesView = z.infer<typeof devicesViewSchema>

/** A device is asked to show itself. */
export const deviceTestInputSchema = z.strictObject({
  test: deviceTestSchema,
  reason: actReasonSchema,
  /** What a sign is to show. */
  text: z.string().min(1).max(40).optional(),
})
export type DeviceTestInput = z.infer<typeof deviceTestInputSchema>

/** What came of it; `unknown` may have happened. */
export const deviceTestOutcomeSchema = z.object({
  outcome: z.enum(['done', 'failed', 'expired', 'unknown']),
  detail: z.string().optional(),
})
export type DeviceTestOutcome = z.infer<typeof deviceTestOutcomeSchema>
