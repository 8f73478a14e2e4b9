import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupCommand, restoreCommand } from '@gatehouse/cloud/backup/backup-commands'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSmallDisk } from './small-disk.ts'

const adapters = { clock: new SystemClock(), random: systemRandom, logger: pino({ level: 'silent' }) }
const said: string[] = []
const print = (line: string) => void said.push(line)
let folder: string
let cloud: Cloud

const configOf = (name: string) =>
  cloudConfigSchema.parse({ dataFolder: join(folder, name), http: { port: 0 } })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-backup-'))
  // The account of the embedded server has to pass this folder.
  chmodSync(folder, 0o755)
  cloud = await startCloud(configOf('data'), adapters)
})

afterAll(async () => {
  await cloud?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a backup that does not fit on the disk leaves nothing behind', async ({ skip }) => {
  const small = join(folder, 'small')
  mkdirSync(small)
  const disk = openSmallDisk(small)
  try {
    if (disk.kind !== 'tmpfs') skip('this account cannot mount a small disk')
    fill(join(small, 'ballast'))
    expect(await backupCommand(configOf('data'), adapters, join(small, 'one'), print)).toBe(1)
    expect(readdirSync(small)).toEqual(['ballast'])
  } finally {
    disk.remove()
  }
})

/** Fills a disk to the last page. */
function fill(path: string): void {
  for (const bytes of [1 << 20, 1 << 12]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(bytes))
    } catch {
      // Full for pieces of this size.
    }
  }
}

test('the embedded server is backed up while it runs, and restored into a new folder only', async () => {
  const one = join(folder, 'one')
  expect(await backupCommand(configOf('data'), adapters, one, print)).toBe(0)
  expect(await restoreCommand(configOf('data'), adapters, one, print)).toBe(1)
  const { publicKey, epoch } = cloud.identity
  await cloud.stop()
  expect(await restoreCommand(configOf('data'), adapters, one, print)).toBe(1)
  expect(await restoreCommand(configOf('fresh'), adapters, one, print)).toBe(0)
  cloud = await startCloud(configOf('fresh'), adapters)
  expect(cloud.identity).toMatchObject({ publicKey, epoch: epoch + 1 })
  expect((await fetch(`${cloud.url}/readyz`)).status).toBe(200)
  expect(existsSync(join(folder, 'data', 'postgres'))).toBe(true)
})
