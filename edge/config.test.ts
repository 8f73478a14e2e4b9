import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isConfigProblem, parseEdgeConfig, readEdgeConfig } from './config.ts'

const smallest = { dataFolder: 'store', cloud: { url: 'https://gatehouse.example/' } }

function problemOf(raw: unknown): string {
  const parsed = parseEdgeConfig(raw)
  return isConfigProblem(parsed) ? parsed.lines.join('\n') : 'no problem'
}

describe('the configuration', () => {
  test('needs a data folder and a cloud, and serves this machine only', () => {
    expect(parseEdgeConfig(smallest)).toMatchObject({
      http: { host: '127.0.0.1', port: 8101 },
      cloud: { url: 'https://gatehouse.example' },
      buses: {},
    })
  })

  test.each([
    ['http.port', { ...smallest, http: { port: 99_999 } }, 'http.port: is 99999', '65535'],
    ['cloud.url', { ...smallest, cloud: { url: 'ftp://x' } }, 'cloud.url: is "ftp://x"', 'https://'],
    ['log.level', { ...smallest, log: { level: 'loud' } }, 'log.level: is "loud"', '"debug"'],
    ['mqtt.kind', { ...smallest, mqtt: { kind: 'own' } }, 'mqtt.kind: is "own"', "'outside'"],
    ['a bus', { ...smallest, buses: { b: { kind: 'spi' } } }, 'buses.b.kind: is "spi"', "'serial'"],
    ['dataFolder', { cloud: smallest.cloud }, 'dataFolder: is nothing', 'string'],
  ])('names %s, its value and what is allowed', (_field, raw, value, allowed) => {
    expect(problemOf(raw)).toContain(value)
    expect(problemOf(raw)).toContain(allowed)
  })

  test('finds the authority of a broker beside itself, and takes one only where the connection is encrypted', () => {
    const outside = { kind: 'outside', url: 'mqtts://broker', caFile: 'broker-ca.pem' }
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'))
    writeFileSync(join(folder, 'edge.json'), JSON.stringify({ ...smallest, mqtt: outside }))
    const read = readEdgeConfig(join(folder, 'edge.json'))
    expect(read).toMatchObject({ mqtt: { caFile: join(folder, 'broker-ca.pem') } })
    rmSync(folder, { recursive: true })
    expect(problemOf({ ...smallest, mqtt: { ...outside, url: 'mqtt://broker' } })).toContain('mqtt.caFile')
  })

  test('hides secrets, also those beside a field it does not know', () => {
    const cloud = { ...smallest.cloud, enrolmentCode: 'HUNTER2HUNTER2' }
    const outside = { kind: 'outside', url: 'mqtt://a:hunter2@b', password: 'hunter2' }
    for (const raw of [
      { ...smallest, cloud, mqtt: outside, colour: 'red' },
      { ...smallest, cloud: { ...cloud, colour: 'red' } },
      { ...smallest, mqtt: { ...outside, colour: 'red' } },
      { ...smallest, mqtt: { ...outside, url: 'http://a:hunter2@b' } },
    ]) {
      expect(problemOf(raw)).not.toMatch(/hunter2/i)
      expect(problemOf(raw)).not.toBe('no problem')
    }
  })
})
