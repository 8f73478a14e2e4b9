import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { CameraMessage } from '../devices/camera-intake.ts'
import type { DeviceHub } from '../devices/hub.ts'
import { refuse } from '../http/problem.ts'

export interface CameraRouteOptions {
  readonly hub: Pick<DeviceHub, 'acceptCameraMessage'>
  /** Counts a message that cannot be used, by why. */
  readonly onRefused: (deviceId: string, reason: string) => void
}

/** A part of a form that may be the message; pictures are bounded by the limit on the whole body. */
const messageCharactersMax = 256 * 1024

const answers = {
  200: {
    description: 'How many readings were new',
    content: { 'application/json': { schema: z.object({ accepted: z.int() }) } },
  },
}
const request = { params: z.object({ deviceId: z.string().max(64) }) }
const platesRoute = createRoute({
  method: 'post',
  path: '/cameras/{deviceId}/plates',
  tags: ['parking'],
  summary: 'What a camera read, in the form of its profile: JSON, XML, or multipart with pictures',
  request,
  responses: answers,
})
const plateRecognizerRoute = createRoute({
  method: 'post',
  path: '/cameras/{deviceId}/plate-recognizer',
  tags: ['parking'],
  summary: 'The same for a Plate Recognizer Stream camera; kept for those set up with this address',
  request,
  responses: answers,
})

/** Adds the camera webhooks. A camera speaks only for itself: its credential must be that of `deviceId`. */
export function addCameraRoute(app: OpenAPIHono, { hub, onRefused }: CameraRouteOptions): void {
  const take = async (c: Context, deviceId: string) => {
    if (c.get('caller').deviceId !== deviceId) return refuse(c, { code: 'scope_missing' }) as never
    const accepted = hub.acceptCameraMessage(deviceIdSchema.parse(deviceId), await readMessage(c))
    if (accepted.ok) return c.json({ accepted: accepted.value }, 200)
    const { code } = accepted.error
    if (code === 'unknown_device' || code === 'not_a_camera') return refuse(c, { code: 'not_found' }) as never
    onRefused(deviceId, code)
    if (code === 'not_json') return refuse(c, { code: 'invalid_json' }) as never
    const path = 'at' in accepted.error ? accepted.error.at : ''
    // A refusal is answered as a problem, which the route's declared answers do not list.
    return refuse(c, { code: 'camera_payload', detail: { issues: [{ path, message: code }] } }) as never
  }
  app.openapi(platesRoute, (c) => take(c, c.req.valid('param').deviceId))
  app.openapi(plateRecognizerRoute, (c) => take(c, c.req.valid('param').deviceId))
}

/** The body as text, or the parts of a form that are not pictures. */
async function readMessage(c: Context): Promise<CameraMessage> {
  const type = c.req.header('content-type') ?? ''
  if (!type.startsWith('multipart/form-data')) return { text: await c.req.text() }
  const form = await c.req.parseBody().catch(() => undefined)
  const parts: { name: string; text: string }[] = []
  for (const [name, part] of Object.entries(form ?? {})) {
    if (typeof part === 'string') parts.push({ name, text: part })
    else if (part instanceof File && part.size <= messageCharactersMax && !part.type.startsWith('image/')) {
      parts.push({ name, text: await part.text() })
    }
  }
  return { parts: parts.filter(({ text }) => text.length <= messageCharactersMax) }
}
