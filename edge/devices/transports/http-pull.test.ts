import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test } from 'vitest'
import { createDigestServer } from '../simulators/digest-server.ts'
import { createHttpPull, type HttpPullConfig } from './http-pull.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}
const pullOf = (url: string, config: Partial<HttpPullConfig> = {}) => {
  const login = { username: 'edge', password: 'right', auth: 'digest' as const }
  const pull = createHttpPull({ url, ...login, ...config }, new SeededRandom(1))
  closing.push(() => pull.close())
  return pull
}
const device = (options: { usesMax?: number; algorithm?: 'MD5' | 'SHA-256' } = {}) =>
  createDigestServer({ username: 'edge', password: 'right', random: new SeededRandom(2), ...options })

test.each(['MD5', 'SHA-256'] as const)(
  'logs in with Digest %s and uses one nonce again and again',
  async (algorithm) => {
    const camera = device({ algorithm })
    const pull = pullOf(await serve(camera.handle))
    for (let n = 0; n < 3; n += 1) {
      expect(await pull.get('/status?a=1')).toMatchObject({ ok: true, value: { status: 200 } })
    }
    expect(camera.log).toEqual(['challenged', 'served 1', 'served 2', 'served 3'])
  },
)

test('takes a new nonce when the old one is worn out', async () => {
  const camera = device({ usesMax: 2 })
  const pull = pullOf(await serve(camera.handle))
  for (let n = 0; n < 3; n += 1) expect((await pull.get('/')).ok).toBe(true)
  expect(camera.log).toEqual(['challenged', 'served 1', 'served 2', 'stale', 'served 1'])
})

test('questions asked at once are counted in order, and too many are refused', async () => {
  const camera = device()
  const pull = pullOf(await serve(camera.handle))
  const answers = await Promise.all(Array.from({ length: 9 }, () => pull.get('/')))
  expect(answers.map(({ ok }) => ok)).toEqual([...Array<boolean>(8).fill(true), false])
  expect(camera.log.slice(1)).toEqual(Array.from({ length: 8 }, (_, n) => `served ${n + 1}`))
})

test('says that the password is wrong, and asks twice at most', async () => {
  const camera = device()
  const pull = pullOf(await serve(camera.handle), { password: 'wrong' })
  expect(await pull.get('/')).toEqual({ ok: false, error: 'wrong_password' })
  expect(camera.log).toEqual(['challenged', 'refused'])
})

test('never sends its password in clear to a device that asks for Basic, unless it was told to', async () => {
  const seen: (string | undefined)[] = []
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization)
    const known = request.headers.authorization === `Basic ${Buffer.from('edge:right').toString('base64')}`
    response.writeHead(known ? 200 : 401, { 'www-authenticate': 'Basic realm="x"' }).end()
  })
  expect(await pullOf(url).get('/')).toEqual({ ok: false, error: 'no_digest' })
  expect(seen).toEqual([undefined])
  expect(await pullOf(url, { auth: 'basic' }).get('/')).toMatchObject({ ok: true })
  expect(await pullOf(url, { auth: 'basic', password: 'no' }).get('/')).toEqual({
    ok: false,
    error: 'wrong_password',
  })
})

test('stays with the device: no other host, no redirection', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  )
  const pull = pullOf(url)
  expect(await pull.get('/')).toMatchObject({ ok: true, value: { status: 302 } })
  for (const path of ['//other.example/', 'http://other.example/', 'https://127.0.0.1/']) {
    expect(await pull.get(path)).toEqual({ ok: false, error: 'wrong_path' })
  }
})

test('bounds an endless answer, and says that nobody is there', async () => {
  const url = await serve((_request, response) => {
    const part = Buffer.alloc(1024 * 1024)
    const more = () => {
      while (response.write(part));
      response.once('drain', more)
    }
    more()
  })
  expect(await pullOf(url).get('/')).toEqual({ ok: false, error: 'too_large' })
  expect(await pullOf('http://127.0.0.1:1').get('/')).toEqual({ ok: false, error: 'no_reply' })
})
