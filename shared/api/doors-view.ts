import { z } from 'zod'

/** `GET …/hq/sites/{site}/doors`: the doors of a site as it told them last; times are epoch milliseconds. */
export const doorsViewSchema = z.object({
  asOfMs: z.int(),
  /** Whether the site can be asked for something now. */
  online: z.boolean(),
  lockdownSinceMs: z.int().optional(),
  /** Whether doors of the site keep who is in which zone. */
  keepsPlaces: z.boolean().optional(),
  doors: z.array(
    z.object({
      doorId: z.string(),
      name: z.string(),
      state: z.string().optional(),
      sinceMs: z.int().optional(),
    }),
  ),
})
export type DoorRow = z.infer<typeof doorsViewSchema>['doors'][number]

/** What became of a command from afar. */
export const remoteOutcomeSchema = z.object({
  requestId: z.string(),
  /** `pending`: not answered yet. The site does it within its validity (10 s to unlock, else 60 s) or never. */
  outcome: z.enum(['done', 'pending']),
})
export type RemoteOutcome = z.infer<typeof remoteOutcomeSchema>['outcome']
