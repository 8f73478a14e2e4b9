import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../story/free-port.ts'
import type { PanelState } from './panel-contract.ts'
import { type PanelServer, startPanelServer } from './panel-server.ts'

const url = 'http://127.0.0.1:8080/'
const state: PanelState = {
  sites: [],
  traffic: { paused: true },
  gateway: 'up',
  cloud: { state: 'running', url, memberAppUrl: `${url}app`, hqUrl: `${url}hq` },
  tour: { step: 0 },
}

let port: number
let panel: PanelServer
beforeAll(async () => {
  port = await freePort()
  const control = { state: () => state, act: async () => ({ done: true }) as const }
  panel = await startPanelServer({ port, host: '127.0.0.1', webFolder: '/nowhere', control })
})
afterAll(() => panel.close())

/** Calls the panel under another name, as a browser of the network does. */
function ask(path: string, headers: Record<string, string>, body?: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const call = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let text = ''
      answer.on('data', (part) => {
        text += String(part)
      })
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]))
    })
    call.on('error', reject)
    call.end(body)
  })
}

describe('the panel', () => {
  it('links to the address under which it was called', async () => {
    const [, own] = await ask('/api/state', { host: `127.0.0.1:${port}` })
    expect(own).toContain(url)
    const [, fromNetwork] = await ask('/api/state', { host: `192.0.2.7:${port}` })
    expect(fromNetwork).toContain('http://192.0.2.7:8080/app')
    expect(fromNetwork).not.toContain('127.0.0.1')
  })

  it('acts for its own page only, and says what is wrong with an action', async () => {
    const action = JSON.stringify({ kind: 'setTraffic', paused: true })
    const own = { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` }
    expect((await ask('/api/actions', own, action))[0]).toBe(200)
    expect((await ask('/api/actions', { ...own, origin: 'http://evil.example' }, action))[0]).toBe(403)
    expect((await ask('/api/actions', own, '{'))[0]).toBe(400)
    expect((await ask('/api/actions', own, '{"kind":"explode"}'))[0]).toBe(400)
  })
})
