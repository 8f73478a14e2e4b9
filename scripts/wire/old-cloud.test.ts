import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { writeLoneSite } from '../faults/lone-site.ts'
import { freePort } from '../story/free-port.ts'
import { OldCloud } from './old-cloud.ts'
import { goldenSamples, readPreviousWire } from './previous-wire.ts'

/** Today's edge program under a cloud of the release before. */
const siteId = 'harbour-house'
const wire = readPreviousWire()
const rows = Object.entries(goldenSamples('directory'))
  .filter(([kind]) => wire.directory.has(kind))
  .map(([kind, body]) => ({ kind, key: kind === 'site' ? siteId : `golden-${kind}`, body }))

let folder = ''
let cloud: OldCloud
let edge: EdgeProgram

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-old-cloud-'))
  const { configPath, dataFolder } = writeLoneSite(folder, { siteId, port: await freePort() })
  const identity = JSON.parse(readFileSync(join(dataFolder, 'identity.json'), 'utf8'))
  const ofNextKind = { kind: 'hologram', key: 'x', body: { beam: true } }
  cloud = new OldCloud(wire, identity, [...rows, ofNextKind])
  const url = await cloud.listen()
  const config = readEdgeConfig(configPath)
  if (isConfigProblem(config)) expect.fail(config.lines.join())
  edge = await startEdge({ ...config, cloud: { url } }, systemAdapters(config))
  await edge.ready
})
afterAll(async () => {
  await edge?.stop()
  await cloud?.close()
  rmSync(folder, { recursive: true, force: true })
})

const site = () => edge.site ?? expect.fail('the site is not open')

it('is understood: its handshake, heartbeat and every entry are read, and it has its acknowledgement', async () => {
  await site().kernel.submit({
    ...{ kind: 'callHelp', caller: 'kiosk', key: 'help-1', input: { deviceId: 'kiosk-1' } },
  })
  await vi.waitFor(() => expect(cloud.heartbeats).toBeGreaterThan(0), { timeout: 20_000 })
  await vi.waitFor(() => expect(cloud.entries.at(-1)?.hash).toBe(site().kernel.head.hash), {
    timeout: 20_000,
  })
  expect(cloud.entries.map(({ type }) => type)).toContain('incident.opened')
  expect(cloud.refused).toEqual([])
})

it('reads every row of that release, and keeps one that it does not know, in nobody’s way', async () => {
  const { directory } = site()
  await vi.waitFor(() => expect(directory.position().rev).toBe(rows.length + 1), { timeout: 20_000 })
  expect([...directory.unreadable.keys()]).toEqual(['hologram/x'])
  expect(directory.site()?.name).toBe((goldenSamples('directory').site as { name: string }).name)
})
