import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupCommand } from '@gatehouse/edge/backup/backup-command'
import { manifestSchema } from '@gatehouse/edge/backup/manifest'
import { restoreCommand } from '@gatehouse/edge/backup/restore-command'
import { type EdgeConfig, isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { openReaderKeys } from '@gatehouse/edge/site/reader-key-file'
import { storeFormat, wholeStoreFormat } from '@gatehouse/edge/site/store-format'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../story/free-port.ts'
import { writeLoneSite } from './lone-site.ts'
import { openSmallDisk } from './small-disk.ts'

let folder: string
let config: EdgeConfig
const said: string[] = []
const print = (line: string) => void said.push(line)
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'))
  said.length = 0
  const { configPath } = writeLoneSite(folder, { siteId: 'harbour-house', port: await freePort() })
  const read = readEdgeConfig(configPath)
  if (isConfigProblem(read)) expect.fail(read.lines.join())
  config = read
  await lived()
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const backup = (target?: string) => backupCommand(config, new SystemClock(), target, print)
const restore = (source?: string, dataFolder = at('fresh')) =>
  restoreCommand({ ...config, dataFolder }, new SystemClock(), source, print)

/** A start and a stop, so that the ledger has entries. */
async function lived(dataFolder = config.dataFolder): Promise<void> {
  const edge = await startEdge({ ...config, dataFolder }, systemAdapters(config))
  await edge.stop()
}

describe('a backup of an edge at rest', () => {
  test('is for its owner only, and has neither the key of names and plates nor the secret of local tools', async () => {
    expect(await backup(at('one'))).toBe(0)
    expect(readdirSync(at('one')).sort()).toEqual([
      'identity.json',
      'manifest.json',
      'site-key.json',
      'site.sqlite',
    ])
    expect(statSync(at('one')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(at('one')))
      expect(statSync(join(at('one'), name)).mode & 0o777).toBe(0o600)
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(at('one'), 'manifest.json'), 'utf8')))
    expect(manifest).toMatchObject({ siteId: 'harbour-house', incarnation: 1, storeFormat: wholeStoreFormat })
    expect(manifest.head.seq).toBeGreaterThan(0)
  })

  test('needs a target that does not exist in a folder that does', async () => {
    writeFileSync(at('taken'), 'mine')
    expect([await backup(), await backup(at('taken')), await backup(join(at('none'), 'one'))]).toEqual([
      2, 2, 2,
    ])
    expect(readFileSync(at('taken'), 'utf8')).toBe('mine')
    expect(existsSync(at('none'))).toBe(false)
  })

  test('is refused where nobody is enrolled, and where the ledger is damaged', async () => {
    rmSync(join(config.dataFolder, 'site.sqlite'))
    expect(await backup(at('one'))).toBe(1)
    writeFileSync(
      join(config.dataFolder, 'site.sqlite'),
      'no database at all, but long enough to be opened'.repeat(100),
    )
    expect(await backup(at('one'))).toBe(1)
    rmSync(join(config.dataFolder, 'identity.json'))
    expect(await backup(at('one'))).toBe(1)
    expect(readdirSync(folder).filter((name) => name.startsWith('one'))).toEqual([])
  })

  test('that does not fit on the disk leaves nothing behind', async ({ skip }) => {
    const disk = openSmallDisk(at('small'))
    try {
      if (disk.kind !== 'tmpfs') skip('this account cannot mount a small disk')
      for (const bytes of [1 << 20, 1 << 12]) fillWith(join(at('small'), 'ballast'), bytes)
      expect(await backup(join(at('small'), 'one'))).toBe(1)
      expect(readdirSync(at('small'))).toEqual(['ballast'])
      expect(restore(undefined)).toBe(2)
    } finally {
      disk.remove()
    }
  })
})

function fillWith(path: string, bytes: number): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(bytes))
  } catch {
    // The disk is full, which is what was wanted.
  }
}

describe('a restore', () => {
  test('puts everything back, and the site starts without selling until it has spoken with the cloud', async () => {
    await backup(at('one'))
    expect(restore(at('one'))).toBe(0)
    for (const _start of ['first', 'second']) {
      const edge = await startEdge({ ...config, dataFolder: at('fresh') }, systemAdapters(config))
      expect(edge.site?.kernel.sells).toBe(false)
      await edge.stop()
    }
    const [before, after] = [config.dataFolder, at('fresh')].map((path) => hashes(path))
    expect(after?.slice(0, before?.length)).toEqual(before)
  })

  test('puts back the keys of readers, for their owner only', async () => {
    const key = Uint8Array.from({ length: 16 }, (_, index) => index * 7 + 1)
    openReaderKeys(config.dataFolder, () => {}).write('front-reader', { key })
    await backup(at('one'))
    expect(restore(at('one'))).toBe(0)
    expect(statSync(at('fresh/reader-keys.json')).mode & 0o777).toBe(0o600)
    expect(openReaderKeys(at('fresh'), () => {}).read('front-reader')).toEqual({ key })
    expect(said.join()).not.toContain(Buffer.from(key).toString('hex'))
  })

  test('is refused over a site that is there, and over what is left of one', async () => {
    await backup(at('one'))
    expect(restore(at('one'), config.dataFolder)).toBe(1)
    expect(said.join('\n')).toContain(`mv ${config.dataFolder}`)
    for (const name of ['site.sqlite', 'identity.json']) rmSync(join(config.dataFolder, name))
    expect(existsSync(join(config.dataFolder, 'last-good.sqlite'))).toBe(true)
    expect(restore(at('one'), config.dataFolder)).toBe(1)
  })

  test.each([
    ['an altered store', (path: string) => appendFileSync(join(path, 'site.sqlite'), 'x')],
    ['an altered identity', (path: string) => writeFileSync(join(path, 'identity.json'), '{}')],
    ['a missing key', (path: string) => rmSync(join(path, 'site-key.json'))],
    ['no manifest', (path: string) => rmSync(join(path, 'manifest.json'))],
    [
      'a manifest of another kind',
      (path: string) => writeFileSync(join(path, 'manifest.json'), '{"format":"x"}'),
    ],
    ['a later store format', (path: string) => raise(path)],
  ])('refuses a backup with %s and writes nothing', async (_what, spoil) => {
    await backup(at('one'))
    spoil(at('one'))
    expect(restore(at('one'))).toBe(2)
    expect(existsSync(at('fresh'))).toBe(false)
  })

  test('needs a source', () => {
    expect([restore(), restore(at('nowhere'))]).toEqual([2, 2])
  })
})

function raise(path: string): void {
  const file = join(path, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(file, JSON.stringify({ ...manifest, storeFormat: storeFormat + 1 }))
}

function hashes(dataFolder: string): unknown[] {
  const db = openDatabase({ path: join(dataFolder, 'site.sqlite'), locking: 'shared' })
  const rows = db.prepare('SELECT incarnation, seq, hash FROM entries ORDER BY 1, 2').all()
  db.close()
  return rows
}

describe('a store of a later release', () => {
  test('is refused by this one at start and for backups, and stays as it is', async () => {
    const path = join(config.dataFolder, 'site.sqlite')
    const db = openDatabase({ path, locking: 'exclusive' })
    db.pragma(`user_version = ${storeFormat + 1}`)
    db.close()
    const before = hashes(config.dataFolder)
    await expect(lived()).rejects.toMatchObject({ code: 'store_newer' })
    expect(await backup(at('one'))).toBe(1)
    expect(hashes(config.dataFolder)).toEqual(before)
    expect(existsSync(join(config.dataFolder, 'damaged-ledger.json'))).toBe(false)
  })
})
