import { z } from 'zod'

/** Who is inside as far as the site knows; each source has limits that the screen says. */
export const insideViewSchema = z.object({
  nowMs: z.int(),
  /** Whether doors of this site say in which zone somebody is, and whether vehicles stay here. */
  knows: z.object({ zones: z.boolean(), vehicles: z.boolean() }),
  people: z.array(
    z.object({
      key: z.string(),
      /** Of a member; a guest's name is not kept where this could be read. */
      name: z.string().optional(),
      /** What a guest's booking is called. */
      reference: z.string().optional(),
      zoneName: z.string().optional(),
      spaceName: z.string().optional(),
      sinceMs: z.int(),
      /** The doors saw them go in, or they checked in for a booking that still runs. */
      by: z.enum(['doors', 'booking']),
    }),
  ),
  vehicles: z.array(z.object({ ticket: z.string(), spaceName: z.string().optional(), sinceMs: z.int() })),
  /** More than can be listed. */
  isCut: z.boolean(),
})
export type InsideView = z.infer<typeof insideViewSchema>
