import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../repository-root.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-releases-'))
  mkdirSync(join(root, 'bin'))
  double('systemctl', `echo "$1 $2 $(readlink ${root}/current)" >> ${root}/restarts`)
  // Answers as the release that is linked would: those with a file `broken` do not.
  double('curl', `[ ! -f ${root}/current/broken ]`)
  double('sleep', 'true')
  for (const name of ['1', '2', '3']) release(name)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function double(name: string, script: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(root, 'bin', name), 0o755)
}

function release(name: string): void {
  for (const tier of ['edge', 'cloud']) {
    const dist = join(root, 'releases', name, tier, 'dist')
    mkdirSync(dist, { recursive: true })
    writeFileSync(join(dist, 'main.js'), name)
  }
}

function switchTo(...wanted: readonly string[]): number | null {
  const args = wanted.length === 1 ? ['gatehouse-edge', ...wanted, 'http://127.0.0.1:8101'] : wanted
  const PATH = `${join(root, 'bin')}${delimiter}${process.env.PATH ?? ''}`
  const env = { PATH, GATEHOUSE_ROOT: root, GATEHOUSE_TRIES: '3' }
  return spawnSync(join(repositoryRoot, 'scripts/deploy/switch-release'), [...args], { env }).status
}

const linked = (name: string) => (existsSync(join(root, name)) ? readlinkSync(join(root, name)) : undefined)
const restarts = () => readFileSync(join(root, 'restarts'), 'utf8').trim().split('\n')

describe('switch-release', () => {
  test('links a release and keeps the one before, and goes back to it', () => {
    expect([switchTo('1'), linked('current'), linked('previous')]).toEqual([0, 'releases/1', undefined])
    expect([switchTo('2'), linked('current'), linked('previous')]).toEqual([0, 'releases/2', 'releases/1'])
    expect([switchTo('--back'), linked('current'), linked('previous')]).toEqual([
      0,
      'releases/1',
      'releases/2',
    ])
    expect(restarts()).toEqual([1, 2, 1].map((name) => `restart gatehouse-edge releases/${name}`))
    expect(readFileSync(join(root, 'releases/2/edge/dist/main.js'), 'utf8')).toBe('2')
  })

  test('goes back by itself when the new release does not come up', () => {
    switchTo('1')
    switchTo('2')
    writeFileSync(join(root, 'releases/3/broken'), '')
    expect([switchTo('3'), linked('current'), linked('previous')]).toEqual([1, 'releases/2', 'releases/1'])
    expect(restarts().slice(-2)).toEqual([3, 2].map((name) => `restart gatehouse-edge releases/${name}`))
  })

  test('says so when neither comes up, with the release before linked', () => {
    switchTo('1')
    for (const name of ['1', '2']) writeFileSync(join(root, 'releases', name, 'broken'), '')
    expect([switchTo('2'), linked('current')]).toEqual([1, 'releases/1'])
  })

  test('refuses what is no release before anything is switched', () => {
    switchTo('1')
    rmSync(join(root, 'releases/2/cloud/dist/main.js'))
    expect([switchTo('2'), switchTo('none'), switchTo('--back'), switchTo('1')]).toEqual([1, 1, 1, 0])
    expect([switchTo('a', 'b'), linked('current'), restarts().length]).toEqual([2, 'releases/1', 1])
  })
})
