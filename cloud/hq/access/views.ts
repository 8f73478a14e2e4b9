import { z } from 'zod'

const entry = { incarnation: z.number(), seq: z.number(), hash: z.string() }
const atSite = { siteId: z.string(), siteName: z.string(), timeZone: z.string() }

const accessRowSchema = z.object({
  ...entry,
  ...atSite,
  atMs: z.number(),
  result: z.enum(['granted', 'refused']),
  reason: z.string(),
  place: z.enum(['door', 'lane']),
  placeId: z.string(),
  placeName: z.string().optional(),
  direction: z.enum(['in', 'out']).optional(),
  readerId: z.string().optional(),
  readerName: z.string().optional(),
  credentialKind: z.string().optional(),
  memberId: z.string().optional(),
  memberName: z.string().optional(),
  bookingId: z.string().optional(),
  sessionId: z.string().optional(),
})
export type AccessRow = z.infer<typeof accessRowSchema>

const page = {
  asOfMs: z.number(),
  keptDays: z.number(),
  choices: z.object({
    sites: z.array(z.object({ siteId: z.string(), name: z.string() })),
    places: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  nextCursor: z.string().optional(),
}

export const accessPageSchema = z.object({ ...page, items: z.array(accessRowSchema) })
export type AccessPage = z.infer<typeof accessPageSchema>

export const incidentRowSchema = z.object({
  ...entry,
  ...atSite,
  incidentId: z.string(),
  kind: z.string(),
  silent: z.boolean(),
  state: z.enum(['open', 'ended', 'moment']),
  sinceMs: z.number(),
  endedMs: z.number().optional(),
  ended: z.object(entry).optional(),
  about: z.string(),
  acknowledgedById: z.string().optional(),
  acknowledgedByName: z.string().optional(),
  needsPerson: z.boolean().default(false),
  placeId: z.string().optional(),
  placeName: z.string().optional(),
  sessionId: z.string().optional(),
})
export type IncidentRow = z.infer<typeof incidentRowSchema>

export const incidentPageSchema = z.object({
  ...page,
  openCount: z.number(),
  items: z.array(incidentRowSchema),
})
