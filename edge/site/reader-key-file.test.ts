import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openReaderKeys, readerKeysFile } from './reader-key-file.ts'

const key = Uint8Array.from(Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex'))
const facts = {
  identity: { vendor: '474853', model: 1, version: 2, serial: 3, firmware: '1.0.0' },
  capabilities: [{ function: 9, level: 1, count: 0 }],
}

function folderWithKeys() {
  const folder = mkdtempSync(join(tmpdir(), 'reader-keys-'))
  const problems: unknown[] = []
  const open = () => openReaderKeys(folder, (cause) => problems.push(cause))
  return { path: join(folder, readerKeysFile), open, problems }
}

test('keys outlast the process, readable by their owner alone', () => {
  const { path, open } = folderWithKeys()
  const keys = open()
  expect(keys.read('r1')).toBeUndefined()
  expect(keys.write('r1', { key })).toBe(true)
  expect(keys.write('r2', { key, facts })).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(open().read('r1')).toEqual({ key })
  expect(open().read('r2')).toEqual({ key, facts })
  expect(open().read('toString')).toBeUndefined()
})

test('a damaged file is told without its content, trusts nobody and is not written over', () => {
  const { path, open, problems } = folderWithKeys()
  const damaged = '{"readers":{"r1":{"key":"2b7e151628aed2a6abf7158809cf4f3"'
  writeFileSync(path, damaged)
  const keys = open()
  expect(problems).toHaveLength(1)
  expect(String(problems[0])).not.toContain('2b7e')
  expect(keys.read('r1')).toBeUndefined()
  expect(keys.write('r1', { key })).toBe(false)
  expect(readFileSync(path, 'utf8')).toBe(damaged)
})

test('a key that the disk does not take is not there afterwards', () => {
  const { path, open, problems } = folderWithKeys()
  const keys = open()
  mkdirSync(`${path}.new`)
  expect(keys.write('r1', { key })).toBe(false)
  expect(problems).toHaveLength(1)
  expect(keys.read('r1')).toBeUndefined()
  rmSync(`${path}.new`, { recursive: true })
  expect(keys.write('r1', { key })).toBe(true)
})
