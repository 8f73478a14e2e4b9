import { describe, expect, it } from 'vitest'
import { parseCloudConfig } from './config.ts'

describe('the configuration', () => {
  it('needs nothing but a data folder', () => {
    expect(parseCloudConfig({ dataFolder: 'data' })).toMatchObject({
      http: { host: '127.0.0.1', port: 8080 },
      log: { level: 'info' },
    })
  })

  it.each([
    ['http.port', { dataFolder: 'd', http: { port: 99_999 } }, '99999'],
    ['log.level', { dataFolder: 'd', log: { level: 'loud' } }, '"loud"'],
    ['dataFolder', {}, 'nothing'],
  ])('names %s, its value and what is allowed', (field, raw, value) => {
    const problem = parseCloudConfig(raw)
    expect(problem).toHaveProperty('lines')
    expect((problem as { lines: string[] }).lines.join()).toContain(`${field}: is ${value}`)
  })

  it('hides secrets and refuses fields it does not know', () => {
    const problem = parseCloudConfig({
      dataFolder: 'd',
      databaseUrl: 'mysql://user:hunter2@db',
      colour: 'red',
    })
    const text = (problem as { lines: string[] }).lines.join()
    expect(text).not.toContain('hunter2')
    expect(text).toContain('colour')
  })
})
