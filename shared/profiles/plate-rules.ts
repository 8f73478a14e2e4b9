import { z } from 'zod'

/**
 * Dotted path inside one reading; with `^` in front, inside the whole message. Lists are counted from 0.
 * Where a rule takes several, the first that holds something counts.
 */
const pathSchema = z.string().regex(/^\^?[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/)
const valuesSchema = z.record(pathSchema, z.array(z.string()).min(1))

/** How cameras write a moment: ISO 8601, `YYYYMMDD HHMMSSFFF` in UTC or with its offset, or time since the Unix epoch. */
const momentSchema = z.strictObject({
  path: pathSchema,
  as: z.enum(['iso', 'compact', 'epochMs', 'epochSeconds']),
})

/** One kind of message of a camera, and where a plate is in it. Values are compared as text. */
const plateRuleSchema = z.strictObject({
  /** Only messages whose values are among these hold a reading; others are a sign of life. */
  when: valuesSchema.optional(),
  /** Messages with one of these values are a sign of life. */
  unless: valuesSchema.optional(),
  /** What must be there besides. */
  requires: z.array(pathSchema).optional(),
  /** The list of readings; without it the message is one. */
  each: pathSchema.optional(),
  plate: pathSchema,
  /** Texts that stand for no plate. */
  unread: z.array(z.string()).optional(),
  /** Words that some firmware writes before the plate, for example its colour. */
  prefixes: z.array(z.string().min(1)).optional(),
  /** `of` is the greatest value there is. */
  confidence: z.strictObject({ path: pathSchema, of: z.int().min(1).max(1000) }).optional(),
  candidates: z.strictObject({ each: pathSchema, plate: pathSchema, confidence: pathSchema }).optional(),
  vehicleType: pathSchema.optional(),
  direction: z
    .strictObject({ path: pathSchema, in: z.array(z.string()).min(1), out: z.array(z.string()).min(1) })
    .optional(),
  capturedAt: momentSchema.optional(),
  /** Together these tell one reading from every other, so that a repeated delivery is known. */
  reading: z.array(pathSchema).min(1),
  /** Together these stay the same while the camera follows one vehicle, also when it corrects the plate. */
  vehicle: z.array(pathSchema).min(1).optional(),
})
export type PlateRule = z.infer<typeof plateRuleSchema>

/** What a camera sends and how plates are read out of it. */
export const plateRulesSchema = z.strictObject({
  body: z.enum(['json', 'xml']),
  /** Parts of a multipart body that may hold the message; the first of them counts. */
  parts: z.array(z.string()).min(1).optional(),
  /** Topics of a broker that carry it, with `{name}` for parameters; those of `when` are filled likewise. */
  topics: z.array(z.string().min(1)).min(1).optional(),
  rules: z.array(plateRuleSchema).min(1),
})
export type PlateRules = z.infer<typeof plateRulesSchema>
