import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeConfig, isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../story/free-port.ts'
import { writeLoneSite } from './lone-site.ts'

let folder: string
let config: EdgeConfig

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-witness-'))
  const { configPath } = writeLoneSite(folder, { siteId: 'harbour-house', port: await freePort() })
  const read = readEdgeConfig(configPath)
  if (isConfigProblem(read)) expect.fail(read.lines.join())
  config = { ...read, witnessFile: join(folder, 'elsewhere', 'witness.json') }
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** One life of the process; tells why lending was stopped in it, if it was. */
async function lived(): Promise<string | undefined> {
  const edge = await startEdge(config, systemAdapters(config))
  const { db } = edge.site?.kernel ?? expect.fail('no site')
  const row = db
    .prepare<[], { because: string | null }>('SELECT stopped_because AS because FROM lending')
    .get()
  await edge.stop()
  return row?.because ?? undefined
}

const storeOf = (name: string) => join(folder, name)
const copy = () => cpSync(config.dataFolder, storeOf('image'), { recursive: true })
const putBack = () => {
  rmSync(config.dataFolder, { recursive: true })
  cpSync(storeOf('image'), config.dataFolder, { recursive: true })
}

test('a store that goes on keeps its witness with it', async () => {
  for (const _start of ['first', 'second', 'third']) expect(await lived()).toBeUndefined()
  expect(existsSync(join(folder, 'elsewhere', 'witness.json'))).toBe(true)
})

test('an old image put back is seen by what the witness remembers, also after it went on, and cannot talk it down', async () => {
  await lived()
  copy()
  await lived()
  const remembered = readFileSync(join(folder, 'elsewhere', 'witness.json'), 'utf8')
  putBack()
  expect(await lived()).toBe('witness_ahead')
  // The image has grown past the number that the witness knows, on another branch.
  for (const _start of ['one', 'two', 'three']) expect(await lived()).toBe('witness_ahead')
  expect(readFileSync(join(folder, 'elsewhere', 'witness.json'), 'utf8')).toBe(remembered)
})

test('a witness that cannot be read proves nothing', async () => {
  await lived()
  writeFileSync(join(folder, 'elsewhere', 'witness.json'), 'not json')
  expect(await lived()).toBeUndefined()
  expect(await lived()).toBeUndefined()
})
