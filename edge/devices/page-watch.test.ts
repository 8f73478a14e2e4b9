import { createServer } from 'node:http'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, onTestFinished, test } from 'vitest'
import { createDigestServer } from './simulators/digest-server.ts'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

/** The web server of a camera that knows one user. */
async function startCamera() {
  const camera = createDigestServer({ username: 'edge', password: 'right', random: new SeededRandom(1) })
  const server = createServer(camera.handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

test('a camera whose page answers is online before it has seen a car; with a wrong password it is not', async () => {
  const login = { kind: 'http' as const, statusPath: '/well', username: 'edge', auth: 'digest' as const }
  const good = { ...login, url: await startCamera(), password: 'right' }
  const bad = { ...login, url: await startCamera(), password: 'wrong' }
  const { hub, heard } = await startHub({
    devices: new Map([
      [device('good'), deviceRow('plate-recognizer/stream', 'camera-web', { scope: 'camera' })],
      [device('bad'), deviceRow('plate-recognizer/stream', 'camera-locked', { scope: 'camera' })],
      [device('plain'), deviceRow('plate-recognizer/stream', undefined, { scope: 'camera' })],
    ]),
    buses: { 'camera-web': good, 'camera-locked': bad },
  })
  await heard.next((event) => event.deviceId === 'good' && event.kind === 'status' && event.online)
  await expect
    .poll(() => hub.status().map(({ detail, online }) => detail ?? online), { timeout: 5_000 })
    .toEqual([true, 'wrong_password', 'not_heard'])
  await hub.stop()
})
