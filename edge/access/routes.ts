import { deviceIdSchema, doorIdSchema, memberIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { DeviceCallers } from '../http/device-callers.ts'
import { requireScope } from '../http/device-callers.ts'
import { requireIdempotencyKey } from '../http/idempotency-key.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { DoorWatch } from './door-watch.ts'
import { lockdownSince } from './lockdown.ts'
import type { MemberTokens } from './member-tokens.ts'

export interface AccessRoutesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly callers: DeviceCallers
  readonly doors: DoorWatch
  readonly memberTokens: MemberTokens
  readonly siteKey: string
}

const identifiedSchema = z.object({
  memberToken: z.string(),
  displayName: z.string(),
  planName: z.string().optional(),
})

const memberSchema = z.object({
  memberId: memberIdSchema,
  displayName: z.string(),
  planName: z.string().optional(),
})

const identifyRoute = createRoute({
  method: 'post',
  path: '/identify',
  summary: 'Say who a PIN belongs to (kiosk)',
  request: {
    body: {
      content: { 'application/json': { schema: z.object({ pin: z.string().regex(/^\d{4,10}$/) }) } },
      required: true,
    },
  },
  responses: {
    200: { description: 'Who it is', content: { 'application/json': { schema: identifiedSchema } } },
  },
})

const doorViewSchema = z.object({
  doorId: z.string(),
  name: z.string(),
  levelId: z.string(),
  state: z.enum(['unknown', 'locked', 'unlocked', 'open', 'held_open', 'forced', 'free', 'trouble']),
  last: z
    .object({
      kind: z.string(),
      atMs: z.int(),
      memberId: z.string().optional(),
      reason: z.string().optional(),
    })
    .optional(),
})

const doorsRoute = createRoute({
  method: 'get',
  path: '/doors',
  summary: 'All doors with their state and the last thing that happened',
  responses: {
    200: {
      description: 'Doors',
      content: {
        'application/json': {
          schema: z.object({
            items: z.array(doorViewSchema),
            /** Since when nobody is let in, epoch ms; absent while there is no lockdown. */
            lockdownSinceMs: z.int().optional(),
          }),
        },
      },
    },
  },
})

/** `POST /identify` for kiosks and `GET /doors` for staff screens. */
export function accessRoutes(options: AccessRoutesOptions): OpenAPIHono {
  const { kernel, callers, memberTokens, siteKey } = options
  const app = edgeRouter()
  app.use('/identify', requireScope(callers, 'kiosk'), requireIdempotencyKey)
  app.use('/doors', requireScope(callers, 'panel', 'kiosk'))
  app.openapi(identifyRoute, async (c) => {
    const { pin } = c.req.valid('json')
    const deviceId = deviceIdSchema.parse(c.get('caller').deviceId)
    const outcome = await kernel.submit({
      kind: 'identifyMember',
      caller: `device:${deviceId}`,
      key: c.get('idempotencyKey'),
      input: { deviceId, kind: 'pin', digest: credentialDigest(siteKey, 'pin', pin) },
    })
    // A refusal is answered as a problem, which the route's declared answers do not list.
    if (!outcome.ok) return refuse(c, outcome.refusal) as never
    const member = memberSchema.nullable().parse(outcome.value)
    if (!member) return refuse(c, { code: 'member_unknown' }) as never
    const { memberId, ...shown } = member
    return c.json({ memberToken: memberTokens.issue(memberId), ...shown }, 200)
  })
  app.openapi(doorsRoute, (c) => {
    const lockdownSinceMs = lockdownSince(kernel.db)
    return c.json(
      { items: doorViews(options), ...(lockdownSinceMs !== undefined && { lockdownSinceMs }) },
      200,
    )
  })
  return app
}

interface DoorRow {
  readonly last_kind: string | null
  readonly last_member_id: string | null
  readonly last_reason: string | null
  readonly last_ms: number | null
}

function doorViews({ kernel, directory, doors }: AccessRoutesOptions): z.infer<typeof doorViewSchema>[] {
  return [...directory.all('door')].map(([doorId, door]) => {
    const row = statement<DoorRow>(
      kernel.db,
      'SELECT last_kind, last_member_id, last_reason, last_ms FROM doors WHERE door_id = ?',
    ).get(doorId)
    const last =
      row?.last_kind && row.last_ms !== null ? { ...row, kind: row.last_kind, atMs: row.last_ms } : undefined
    return {
      doorId,
      name: door.name,
      levelId: door.levelId,
      state: doors.stateOf(doorIdSchema.parse(doorId)),
      ...(last && {
        last: {
          kind: last.kind,
          atMs: last.atMs,
          ...(last.last_member_id && { memberId: last.last_member_id }),
          ...(last.last_reason && { reason: last.last_reason }),
        },
      }),
    }
  })
}
