import { type DoorId, deviceIdSchema, doorIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { DeviceCallers } from '../http/device-callers.ts'
import { requireScope } from '../http/device-callers.ts'
import { requireIdempotencyKey } from '../http/idempotency-key.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { PassAnswer } from './pass-command.ts'

export interface PassRoutesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly callers: DeviceCallers
}

const openedSchema = z.object({ doorId: z.string(), doorName: z.string(), pulseMs: z.int() })

const passRoute = createRoute({
  method: 'post',
  path: '/access/pass',
  summary: 'Show a scanned pass at a door; opens it, or says why not',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({
            /** What the code says, as scanned. */
            presentation: z.string().min(1).max(4_096),
            /** Without one the door that the kiosk's row names in `parameters.doorId`. */
            doorId: doorIdSchema.optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'Open', content: { 'application/json': { schema: openedSchema } } },
    403: { description: 'It does not open this door' },
    404: { description: 'No such door, or a booking that is not known here' },
    409: { description: 'Shown before, not now, or not at this site' },
    410: { description: 'Run out, or an old picture of it' },
    422: { description: 'No pass, or not a whole one' },
  },
})

/** `POST /access/pass` for kiosks that scan passes. */
export function passRoutes(options: PassRoutesOptions): OpenAPIHono {
  const { kernel, directory, callers } = options
  const app = edgeRouter()
  app.use('/access/pass', requireScope(callers, 'kiosk'), requireIdempotencyKey)
  app.openapi(passRoute, async (c) => {
    const { presentation, doorId: asked } = c.req.valid('json')
    const deviceId = deviceIdSchema.parse(c.get('caller').deviceId)
    const doorId = asked ?? ownDoor(directory, deviceId)
    if (doorId === undefined) return refuse(c, { code: 'door_needed' }) as never
    const outcome = await kernel.submit({
      kind: 'presentPass',
      caller: `device:${deviceId}`,
      key: c.get('idempotencyKey'),
      input: { deviceId, doorId, presentation: presentation.trim() },
    })
    // A refusal is answered as a problem, which the route's declared answers do not list.
    if (!outcome.ok) return refuse(c, outcome.refusal) as never
    // The command's own answer, just made in this process or kept with its receipt.
    const answer = outcome.value as PassAnswer
    if (!answer.granted) return refuse(c, { code: answer.reason }) as never
    const doorName = directory.get('door', doorId)?.name ?? doorId
    return c.json({ doorId, doorName, pulseMs: answer.pulseMs }, 200)
  })
  return app
}

function ownDoor(directory: DirectoryReader, deviceId: string): DoorId | undefined {
  return doorIdSchema.safeParse(directory.get('device', deviceId)?.parameters.doorId).data
}
