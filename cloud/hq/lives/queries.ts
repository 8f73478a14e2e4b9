import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const instant = z.number().nullable()

/** A life of a site and how it compared last; names that this page is too old for are shown plainly. */
const lifeSchema = z.object({
  incarnation: z.number(),
  machine: z.string(),
  origin: z.enum(['enrolled', 'recovered', 'adopted']).catch('enrolled'),
  enrolledMs: z.number(),
  state: z
    .enum(['in_step', 'edge_ahead', 'cloud_ahead', 'history_gone', 'fork', 'older_life'])
    .nullable()
    .catch(null),
  sinceMs: instant,
  seenMs: instant,
  edgeSeq: instant,
  cloudSeq: z.number(),
  recovery: z.enum(['waiting', 'allowed', 'refused', 'granted']).nullable().catch(null),
  why: z.string().nullable(),
  lost: z.object({ fromSeq: z.number(), toSeq: z.number() }).nullable().default(null),
  gaps: z
    .array(
      z.object({
        fromSeq: z.number(),
        toSeq: z.number(),
        byId: z.string(),
        atMs: z.number(),
        reason: z.string(),
      }),
    )
    .default([]),
})
export type Life = z.infer<typeof lifeSchema>

const livesSchema = z.object({
  asOfMs: z.number(),
  epoch: z.object({ epoch: z.number(), reason: z.string().nullable(), beganMs: instant }),
  directory: z.object({
    refused: z.number(),
    refusedRows: z.array(z.object({ row: z.string(), code: z.string() })).default([]),
    unreadable: z.array(z.string()),
  }),
  mayDecide: z.boolean(),
  lives: z.array(lifeSchema),
})
export type Lives = z.infer<typeof livesSchema>

const codeSchema = z.object({ code: z.string(), expiresMs: z.number() })
export type AdoptionCode = z.infer<typeof codeSchema>

export const oldBoxes = ['switched_off', 'broken', 'destroyed', 'gone'] as const
export type OldBox = (typeof oldBoxes)[number]

const of = (siteId: string) => `/hq/sites/${encodeURIComponent(siteId)}`

/** The boxes of a site; looked at again while somebody looks, for a box may be waiting. */
export const livesQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['site', siteId, 'lives'],
    queryFn: ({ signal }) => api.get(`${of(siteId)}/lives`, livesSchema, signal),
    refetchInterval: 15_000,
  })

/** Makes a code with which another box takes over. */
export function makeAdoptionCode(siteId: string, oldBox: OldBox): Promise<AdoptionCode> {
  return api.post(`${of(siteId)}/adoption-codes`, { oldBox }, codeSchema)
}

/** Chooses about a box that waits. */
export function chooseRecovery(siteId: string, incarnation: number, decision: 'allow' | 'refuse') {
  const answer = z.object({ state: z.string() })
  return api.post(`${of(siteId)}/lives/${incarnation}/recovery`, { decision }, answer)
}

/** Accepts that the entries up to `toSeq`, which the cloud lost and the site keeps no longer, stay lost. */
export function acceptGap(
  siteId: string,
  incarnation: number,
  { toSeq, reason }: { readonly toSeq: number; readonly reason: string },
) {
  const body = { toSeq, reason, staysLost: true }
  return api.post(`${of(siteId)}/lives/${incarnation}/gap`, body, z.object({ toSeq: z.number() }))
}
