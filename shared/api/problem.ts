import { z } from 'zod'

/** `application/problem+json` (RFC 9457) as every API of Gatehouse answers refusals. */
export const problemSchema = z.object({
  type: z.string(),
  /** A sentence a person understands. */
  title: z.string(),
  status: z.int(),
  /** Stable machine code, for example `space_taken`. */
  code: z.string(),
  /** What to do next. */
  hint: z.string(),
  traceId: z.string().optional(),
  /** Choices that can be confirmed now, when a booking was refused. */
  alternatives: z
    .array(z.object({ spaceId: z.string(), name: z.string(), fromMs: z.int(), toMs: z.int() }))
    .optional(),
  /** Why what is lent to the cloud was not sold on site, and until when the cloud sells it, epoch ms. */
  lent: z
    .object({
      outcome: z.enum(['given_back', 'offline', 'no_answer']),
      untilMs: z.int(),
      /** When the loan itself is over: until then nobody sells it while the site is offline, epoch ms. */
      toMs: z.int().optional(),
    })
    .optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>
