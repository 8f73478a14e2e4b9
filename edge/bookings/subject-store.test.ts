import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, test } from 'vitest'
import { openSubjectKey, SubjectStore } from './subject-store.ts'
import { openBookingSite } from './testing/booking-site.ts'

const random = new SeededRandom(3)

describe('personal values', () => {
  test('are read back, never stored in clear, and gone when erased', () => {
    const { db } = openBookingSite()
    const store = new SubjectStore(random.bytes(32), random)
    store.put(db, 'g-1', 'Robin Ångström')
    expect(store.get(db, 'g-1')).toBe('Robin Ångström')
    const row = db.prepare<[], { sealed: Buffer }>('SELECT sealed FROM subjects').get()
    expect(row?.sealed.includes('Robin')).toBe(false)
    store.erase(db, 'g-1')
    expect(store.get(db, 'g-1')).toBeUndefined()
  })

  test('cannot be read under another key, nor as another subject', () => {
    const { db } = openBookingSite()
    const store = new SubjectStore(random.bytes(32), random)
    store.put(db, 'g-1', 'Robin')
    expect(new SubjectStore(random.bytes(32), random).get(db, 'g-1')).toBeUndefined()
    db.exec("UPDATE subjects SET subject_id = 'g-2'")
    expect(store.get(db, 'g-2')).toBeUndefined()
  })

  test('keep their key in a file of its owner, made once', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'subjects-')), 'keys', 'subjects.key')
    const key = openSubjectKey(path, random)
    expect(key).toHaveLength(32)
    expect(openSubjectKey(path, random)).toEqual(key)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('refuse a key file that holds something else', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'subjects-')), 'subjects.key')
    writeFileSync(path, 'short')
    try {
      openSubjectKey(path, random)
      expect.fail('opened')
    } catch (error) {
      expect(isSiteError(error) && error.code).toBe('subject_key_unreadable')
    }
  })
})
