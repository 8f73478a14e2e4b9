import type { Clock } from '@gatehouse/shared/clock/clock'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { parsePlateRecognizer } from '../devices/drivers/plate-recognizer.ts'
import type { DeviceHub } from '../devices/hub.ts'
import { refuse } from '../http/problem.ts'

export interface CameraRouteOptions {
  readonly hub: Pick<DeviceHub, 'acceptPlateReads'>
  readonly clock: Clock
  /** Counts a message that cannot be used, by why. */
  readonly onRefused: (deviceId: string, reason: string) => void
}

/** The `json` part of a multipart message; the picture is bounded by the limit on the whole body. */
const jsonCharactersMax = 256 * 1024

const plateRecognizerRoute = createRoute({
  method: 'post',
  path: '/cameras/{deviceId}/plate-recognizer',
  tags: ['parking'],
  summary: 'Plates read by a Plate Recognizer Stream camera: JSON, or multipart with `json` and `upload`',
  request: { params: z.object({ deviceId: z.string().max(64) }) },
  responses: {
    200: {
      description: 'How many readings were new',
      content: { 'application/json': { schema: z.object({ accepted: z.int() }) } },
    },
  },
})

/** Adds the camera webhook. A camera speaks only for itself: its credential must be that of `deviceId`. */
export function addCameraRoute(app: OpenAPIHono, { hub, clock, onRefused }: CameraRouteOptions): void {
  app.openapi(plateRecognizerRoute, async (c) => {
    const { deviceId } = c.req.valid('param')
    if (c.get('caller').deviceId !== deviceId) return refuse(c, { code: 'scope_missing' }) as never
    const message = await readMessage(c)
    const refused = (reason: string, at?: string) => {
      onRefused(deviceId, reason)
      const issues = [{ path: at ?? '', message: reason }]
      // A refusal is answered as a problem, which the route's declared answers do not list.
      return refuse(c, { code: 'camera_payload', detail: { issues } }) as never
    }
    if (message === undefined) return refused('no_message', 'json')
    const parsed = parsePlateRecognizer(message, clock.now().wallMs)
    if (!parsed.ok && parsed.error.code === 'not_json') {
      onRefused(deviceId, parsed.error.code)
      return refuse(c, { code: 'invalid_json' }) as never
    }
    if (!parsed.ok) return refused(parsed.error.code, 'at' in parsed.error ? parsed.error.at : undefined)
    const accepted = hub.acceptPlateReads(deviceIdSchema.parse(deviceId), parsed.value)
    if (!accepted.ok) return refuse(c, { code: 'not_found' }) as never
    return c.json({ accepted: accepted.value }, 200)
  })
}

/** The message as text; `undefined` when there is none. */
async function readMessage(c: Context): Promise<string | undefined> {
  const type = c.req.header('content-type') ?? ''
  if (!type.startsWith('multipart/form-data')) return c.req.text()
  const form = await c.req.parseBody().catch(() => undefined)
  const part = form?.json
  if (typeof part === 'string') return part.length > jsonCharactersMax ? undefined : part
  return part instanceof File && part.size <= jsonCharactersMax ? part.text() : undefined
}
