import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../ledger/database.ts'
import { Directory, type DirectoryChange } from './directory.ts'
import { syncTablesSql } from './tables.ts'

const siteId = siteIdSchema.parse('harbour-house')

function openDirectory(folder = mkdtempSync(join(tmpdir(), 'directory-'))) {
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  return { folder, db, directory: new Directory(db, siteId) }
}

const credential = (digest: string) => ({ kind: 'card', digest, memberId: 'm-1', revoked: false })
const row = (rev: number, kind: string, key: string, body: Record<string, unknown> | null) => ({
  epoch: 1,
  rev,
  kind,
  key,
  body,
})
const at = (rev: number) => ({ epoch: 1, rev, handle: 'h-1', offset: `${rev}_0` })

describe('directory', () => {
  test('keeps rows and position across a restart', () => {
    const first = openDirectory()
    first.directory.apply([row(1, 'credential', 'c-1', credential('d-1'))], at(1), true)
    first.db.close()
    const second = openDirectory(first.folder)
    expect(second.directory.credentialByDigest('d-1')?.key).toBe('c-1')
    expect(second.directory.position()).toEqual(at(1))
  })

  test('forgets the old digest of a credential that got a new one, and a removed one altogether', () => {
    const { directory } = openDirectory()
    directory.apply([row(1, 'credential', 'c-1', credential('old'))], at(1), true)
    directory.apply([row(2, 'credential', 'c-1', credential('new'))], at(2), false)
    expect(directory.credentialByDigest('old')).toBeUndefined()
    expect(directory.credentialByDigest('new')?.key).toBe('c-1')
    directory.apply([row(3, 'credential', 'c-1', null)], at(3), false)
    expect(directory.credentialByDigest('new')).toBeUndefined()
  })

  test('keeps a row of an unknown kind or shape, reports it, and reads the others', () => {
    const { db, directory } = openDirectory()
    const rows = [
      row(1, 'hologram', 'x', { beam: true }),
      row(2, 'credential', 'broken', { kind: 'card' }),
      row(3, 'credential', 'c-1', credential('d-1')),
    ]
    directory.apply(rows, at(3), true)
    expect([...directory.unreadable.keys()]).toEqual(['hologram/x', 'credential/broken'])
    expect(directory.credentialByDigest('d-1')?.key).toBe('c-1')
    expect(db.prepare('SELECT count(*) AS n FROM directory').get()).toEqual({ n: 3 })
  })

  test('a swap removes what the new copy lacks and tells what went', () => {
    const { directory } = openDirectory()
    directory.apply([row(1, 'credential', 'c-1', credential('d-1'))], at(1), true)
    const told: DirectoryChange[] = []
    directory.onChange((changes) => told.push(...changes))
    directory.apply([row(2, 'credential', 'c-2', credential('d-2'))], at(2), true)
    expect(directory.credentialByDigest('d-1')).toBeUndefined()
    expect(told.map(({ key }) => key)).toEqual(['c-1', 'c-2'])
  })
})
