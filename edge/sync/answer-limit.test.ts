import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchAnswered } from './answer-limit.ts'

let server: Server
let url: string

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return
    response.writeHead(200)
    response.write('slow ')
    // The body ends when the limit is long over.
    if (request.url === '/slow') setTimeout(() => response.end('body'), 1_200)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test('a call that nobody answers fails', async () => {
  await expect(fetchAnswered(20)(`${url}/silent`)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('an answer that has begun may take its time', async () => {
  const answer = await fetchAnswered(1_000)(`${url}/slow`)
  expect(await answer.text()).toBe('slow body')
})

test('the caller may still give up', async () => {
  const caller = new AbortController()
  const call = fetchAnswered(60_000)(`${url}/silent`, { signal: caller.signal })
  caller.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
})
