import { problemSchema } from '@gatehouse/shared/api/problem'
import { statedReasonSchema } from '@gatehouse/shared/api/stated-reason'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { createRoute, z } from '@hono/zod-openapi'
import { requestOrigin } from '../../audit/request-origin.ts'
import { requirePermission } from '../../members/login.ts'
import { mayAtSite } from '../../members/permissions.ts'
import { acceptGap } from '../../sites/accept-gap.ts'
import { chooseRecovery } from '../../sites/choose-recovery.ts'
import { createEnrolmentCode, oldBoxSchema } from '../../sites/enrolment.ts'
import { readDirectoryTrouble, readEpoch, readLives } from '../../sites/read-lives.ts'
import { accessRefusals, createApi } from '../api.ts'
import { problem, refusal } from '../problem.ts'
import type { OverviewParts } from './overview.ts'

const params = z.object({ site: siteIdSchema })
const ofLife = params.extend({ incarnation: z.coerce.number().int().min(1).max(1_000_000) })
const notFound = { 404: { description: 'Unknown, or not a site of yours' } } as const
const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })

const livesSchema = z.object({
  asOfMs: z.int(),
  epoch: z.object({ epoch: z.int(), reason: z.string().nullable(), beganMs: z.int().nullable() }),
  /** Of the newest box: rows refused since its start, those that did not come right since, rows its release cannot read. */
  directory: z.object({
    refused: z.int(),
    refusedRows: z.array(z.object({ row: z.string(), code: z.string() })),
    unreadable: z.array(z.string()),
  }),
  /** Whether the caller may make a code for another box, and choose about a box that waits. */
  mayDecide: z.boolean(),
  lives: z.array(
    z.object({
      incarnation: z.int(),
      machine: z.string(),
      origin: z.enum(['enrolled', 'recovered', 'adopted']),
      enrolledMs: z.int(),
      state: z
        .enum(['in_step', 'edge_ahead', 'cloud_ahead', 'history_gone', 'fork', 'older_life'])
        .nullable(),
      sinceMs: z.int().nullable(),
      seenMs: z.int().nullable(),
      edgeSeq: z.int().nullable(),
      cloudSeq: z.int(),
      recovery: z.enum(['waiting', 'allowed', 'refused', 'granted']).nullable(),
      why: z.string().nullable(),
      /** Entries that the cloud lost and the site keeps no longer; somebody may accept that. */
      lost: z.object({ fromSeq: z.int(), toSeq: z.int() }).nullable(),
      gaps: z.array(
        z.object({
          fromSeq: z.int(),
          toSeq: z.int(),
          byId: z.string(),
          atMs: z.int(),
          reason: z.string(),
        }),
      ),
    }),
  ),
})

const livesRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{site}/lives',
  summary: 'The boxes that a site had, how each compared with the cloud last, and the epoch of the cloud',
  middleware: requirePermission('hq.site'),
  request: { params },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'Newest first', content: json(livesSchema) },
  },
})

const codeRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/adoption-codes',
  summary:
    'Make a one-time code with which another box takes over the site; states that the old box is off and stays off',
  middleware: requirePermission('sites.recover'),
  request: { params, body: { required: true, content: json(z.object({ oldBox: oldBoxSchema })) } },
  responses: {
    ...accessRefusals,
    ...notFound,
    201: {
      description: 'The code is shown once',
      content: json(z.object({ code: z.string(), expiresMs: z.int() })),
    },
  },
})

const choiceRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/lives/{incarnation}/recovery',
  summary: 'Choose whether a box that came back with an old store goes on as the site, or stays fenced',
  middleware: requirePermission('sites.recover'),
  request: {
    params: ofLife,
    body: { required: true, content: json(z.object({ decision: z.enum(['allow', 'refuse']) })) },
  },
  responses: {
    ...accessRefusals,
    404: { description: 'Not a site of yours, or nothing waits there' },
    200: { description: 'Chosen', content: json(z.object({ state: z.enum(['allowed', 'refused']) })) },
  },
})

const gapRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/lives/{incarnation}/gap',
  summary:
    'Accept that entries which the cloud lost and the site keeps no longer stay lost; states that the books lack them',
  middleware: requirePermission('sites.recover'),
  request: {
    params: ofLife,
    body: {
      required: true,
      content: json(
        z.object({ toSeq: z.int().min(1), reason: statedReasonSchema, staysLost: z.literal(true) }),
      ),
    },
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    409: {
      description: 'Nothing is lost there now, or more than was seen',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
    200: {
      description: 'On record; the site goes on at its next call',
      content: json(z.object({ toSeq: z.int() })),
    },
  },
})

/** The lives of sites under `/api/v1`: who manages a site sees them, HQ decides. */
export function livesRoutes(parts: OverviewParts & { readonly random: Random }) {
  const { pool, clock, random, catalogues } = parts
  const api = createApi()
  api.openapi(livesRoute, async (context) => {
    const { site } = context.req.valid('param')
    const login = context.get('login')
    const isKnown = mayAtSite(login, 'hq.site', site) && (await catalogues.find(site))
    if (!isKnown) return problem(context, refusal('not_found'))
    const [lives, epoch, trouble] = await Promise.all([
      readLives(pool, site),
      readEpoch(pool),
      readDirectoryTrouble(pool, site),
    ])
    const directory = {
      ...trouble,
      refusedRows: [...trouble.refusedRows],
      unreadable: [...trouble.unreadable],
    }
    const mayDecide = mayAtSite(login, 'sites.recover', site)
    const shown = lives.map(({ gaps, ...life }) => ({ ...life, gaps: [...gaps] }))
    return context.json({ asOfMs: clock.now().wallMs, epoch, directory, mayDecide, lives: shown }, 200)
  })
  api.openapi(codeRoute, async (context) => {
    const { site: siteId } = context.req.valid('param')
    if (!(await catalogues.find(siteId))) return problem(context, refusal('not_found'))
    const { oldBox } = context.req.valid('json')
    const by = requestOrigin(context, clock)
    return context.json(await createEnrolmentCode(pool, random, { siteId, by, oldBox }), 201)
  })
  api.openapi(choiceRoute, async (context) => {
    const { site: siteId, incarnation } = context.req.valid('param')
    const { decision } = context.req.valid('json')
    const by = requestOrigin(context, clock)
    const chosen = await chooseRecovery(pool, { siteId, incarnation, decision, by })
    return chosen.ok ? context.json({ state: chosen.value }, 200) : problem(context, refusal('not_found'))
  })
  api.openapi(gapRoute, async (context) => {
    const { site: siteId, incarnation } = context.req.valid('param')
    if (!(await catalogues.find(siteId))) return problem(context, refusal('not_found'))
    const { toSeq, reason } = context.req.valid('json')
    const by = requestOrigin(context, clock)
    const accepted = await acceptGap(pool, { siteId, incarnation, toSeq, reason, by })
    return accepted.ok ? context.json({ toSeq }, 200) : problem(context, refusal(accepted.error))
  })
  return api
}
