import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readPlateMessage } from '../drivers/cameras/plate-message.ts'
import { platesOf } from '../testing/camera-profiles.ts'
import { realClock } from '../testing/hub-harness.ts'
import { createSimulatedCamera } from './simulated-camera.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

test('posts JSON and the multipart form with a picture, with its secret, in a form that the edge reads', async () => {
  const bodies: unknown[] = []
  const secrets: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      secrets.push(request.headers.authorization)
      const type = request.headers['content-type'] ?? ''
      const body = new Response(Buffer.concat(chunks), { headers: { 'content-type': type } })
      const read = type.startsWith('multipart/')
        ? body.formData().then((form) => form.get('json'))
        : body.json()
      read.then((json) => {
        bodies.push(json)
        response.writeHead(202).end()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const camera = createSimulatedCamera({
    url: `http://127.0.0.1:${port}/`,
    cameraId: 'lane-1',
    secret: 'quiet',
    clock: realClock,
  })
  expect(await camera.see({ plate: 'HQ 4711' })).toBe(202)
  expect(await camera.see({ plate: 'HQ 4711' }, 'multipart')).toBe(202)
  expect(secrets).toEqual(['Bearer quiet', 'Bearer quiet'])
  for (const body of bodies) {
    expect(readPlateMessage(platesOf('plate-recognizer/stream'), body, 0)).toMatchObject({
      ok: true,
      value: [{ plate: 'HQ4711' }],
    })
  }
})

test('gives 0 when the edge is not there', async () => {
  const camera = createSimulatedCamera({
    url: 'http://127.0.0.1:1/',
    cameraId: 'lane-1',
    secret: 'quiet',
    clock: realClock,
  })
  expect(await camera.see({ plate: 'HQ 4711' })).toBe(0)
})
