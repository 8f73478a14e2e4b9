import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { writeDurably } from './durable-file.ts'

const room = vi.hoisted(() => ({ perWriteMax: 7, full: false }))
// A disk that is nearly full takes a part of what it is given, and says so only by the count it returns.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const writeSync = (file: number, data: string | Uint8Array, offset = 0) => {
    if (room.full) throw Object.assign(new TypeError('ENOSPC'), { code: 'ENOSPC' })
    return fs.writeSync(file, Buffer.from(data).subarray(offset, offset + room.perWriteMax))
  }
  return { ...fs, writeSync }
})

test('a file is whole, however little the disk takes at once', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'durable-')), 'note.json')
  const text = JSON.stringify({ text: 'größer als ein Stück', more: 'x'.repeat(100) })
  writeDurably(path, text)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('on a full disk the file stays as it was, and nothing is left beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'durable-'))
  const path = join(folder, 'note.json')
  writeDurably(path, 'before')
  room.full = true
  expect(() => writeDurably(path, 'after')).toThrow('ENOSPC')
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(readdirSync(folder)).toEqual(['note.json'])
})
