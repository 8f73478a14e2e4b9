import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { describe, expect, it } from 'vitest'
import { parseDemoOptions } from './options.ts'

function refusalOf(args: readonly string[], environment: Record<string, string>): string {
  try {
    parseDemoOptions(args, environment)
  } catch (error) {
    if (isSiteError(error) && error.code === 'option_invalid') return error.hint
    throw error
  }
  return 'accepted'
}

describe('options of the demo', () => {
  it('have the documented defaults, and empty variables count as absent', () => {
    expect(parseDemoOptions([], { CLOUD_PORT: '', DATABASE_URL: '' })).toMatchObject({
      ...{ cloudPort: 8080, edgePortBase: 8100, fresh: false, lan: false, quiet: false },
      databaseUrl: undefined,
    })
  })

  it('take a database over a Unix socket and an outside broker', () => {
    const databaseUrl = 'postgresql://me@/gatehouse?host=/run/postgresql'
    const environment = { DATABASE_URL: databaseUrl, MQTT_URL: 'mqtt://broker:1883' }
    expect(parseDemoOptions(['--lan'], environment)).toMatchObject({ databaseUrl, lan: true })
  })

  it.each([
    [{ CLOUD_PORT: 'abc' }, 'CLOUD_PORT is "abc"', '65400'],
    [{ EDGE_PORT_BASE: '99999' }, 'EDGE_PORT_BASE is "99999"', '65400'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL', 'postgresql://'],
    [{ MQTT_URL: 'http://x' }, 'MQTT_URL', 'mqtt://'],
  ])('refuse %o by name, value and what is allowed', (environment, value, allowed) => {
    expect(refusalOf([], environment)).toContain(value)
    expect(refusalOf([], environment)).toContain(allowed)
  })

  it('refuse an unknown flag and do not print passwords', () => {
    expect(refusalOf(['--foo'], {})).toContain('--fresh')
    expect(refusalOf([], { DATABASE_URL: 'http://me:hunter2@db' })).not.toContain('hunter2')
  })
})
