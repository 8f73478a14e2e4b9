import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { storeFile } from '@gatehouse/edge/site/store-file'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../repository-root.ts'
import { freePort } from '../story/free-port.ts'
import { type LoneSite, writeLoneSite } from './lone-site.ts'
import { OneRoof } from './one-roof.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-locked-'))
let lone: LoneSite
let program: EdgeProgram

beforeAll(async () => {
  lone = writeLoneSite(folder, { siteId: 'harbour-house', port: await freePort() })
  const config = readEdgeConfig(lone.configPath)
  if (isConfigProblem(config)) expect.fail(config.lines.join())
  program = await startEdge(config, systemAdapters(config))
})

afterAll(async () => {
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** Runs the edge's command line as `npm run edge --` does. */
function edge(...args: readonly string[]): Promise<Ended> {
  return node(join(repositoryRoot, 'edge/dist/main.js'), ...args)
}

function node(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: repositoryRoot })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

test('a second edge on the same data refuses to start, says why, and leaves the first alone', async () => {
  const path = join(folder, 'second.json')
  const config = JSON.parse(readFileSync(lone.configPath, 'utf8')) as { http: object }
  writeFileSync(path, JSON.stringify({ ...config, http: { port: await freePort() } }))
  const second = await edge('--config', path)
  expect(second).toEqual({ code: 1, said: expect.stringMatching(/^Another process has .*site\.sqlite open/) })
  expect(program.site?.kernel.storage).toBe('open')
})

test.each([['rebuild', '--check', '--config'], ['--config']])(
  'rebuild --check works beside the running edge, whatever the order: %s …',
  async (...before) => {
    const args = [...before, lone.configPath, ...(before.includes('rebuild') ? [] : ['rebuild', '--check'])]
    const checked = await edge(...args)
    expect(checked).toEqual({ code: 0, said: expect.stringMatching(/\n\d+ entries replayed: equal\n$/) })
  },
)

test('rebuild --check reads the file itself when no edge runs', async () => {
  await program.stop()
  const checked = await edge('rebuild', '--check', '--config', lone.configPath)
  expect(checked).toEqual({ code: 0, said: expect.stringMatching(/\n\d+ entries replayed: equal\n$/) })
})

test('a start over a store that others hold says so and ends; the start after they let go works', async () => {
  const config = readEdgeConfig(lone.configPath)
  if (isConfigProblem(config)) expect.fail(config.lines.join())
  const holder = new Database(join(config.dataFolder, storeFile))
  holder.exec('BEGIN EXCLUSIVE')
  const refused = await startEdge(config, systemAdapters(config)).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'store_locked' })
  holder.close()
  program = await startEdge(config, systemAdapters(config))
  expect(program.site?.kernel.storage).toBe('open')
})

describe('a site at work', () => {
  let roof: OneRoof
  let away: string
  beforeAll(async () => {
    away = mkdtempSync(join(tmpdir(), 'gatehouse-held-'))
    roof = await OneRoof.raise(away)
  })
  afterAll(async () => {
    await roof?.close()
    rmSync(away, { recursive: true, force: true })
  })

  test('lets nobody lock its store; doors open, cars leave and rooms are sold meanwhile', async () => {
    await roof.driveIn('DEMO 111')
    const path = join(roof.lone.dataFolder, storeFile)
    // From a process of its own: locks of one process do not meet.
    const wanted = `
      import Database from 'better-sqlite3'
      const db = new Database(${JSON.stringify(path)}, { timeout: 2_000 })
      for (const sql of ['BEGIN EXCLUSIVE', 'SELECT count(*) FROM entries'])
        try { db.exec(sql); console.log('got in') } catch (error) { console.log(error.code) }`
    const tool = node('--input-type=module', '--eval', wanted)
    await roof.expectFactsGoOn('DEMO 111')
    expect((await roof.book()).status).toBe(201)
    expect((await tool).said.trim().split('\n')).toEqual(['SQLITE_BUSY', 'SQLITE_BUSY'])
  })
})
