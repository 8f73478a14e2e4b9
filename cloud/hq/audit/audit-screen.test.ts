import { actCodes } from '@gatehouse/cloud/audit/act'
import { expect, it } from 'vitest'
import { detailLines } from './act-text.ts'
import { auditFilePath, auditSearchSchema } from './queries.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'
import { namedActs, namedWord } from './words/words.ts'

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

it('has every word in English and German, with the same placeholders', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en))
  for (const key of Object.keys(en) as (keyof typeof en)[])
    expect(placeholders(de[key])).toEqual(placeholders(en[key]))
})

it('names every act that the cloud records, and only those', () => {
  expect([...namedActs].sort()).toEqual([...actCodes].sort())
  expect(namedWord('act', 'user.created')).toBe('act.user.created')
  expect(namedWord('act', 'moon.landed')).toBeUndefined()
})

it('asks for whole days of the viewer, the last one included', () => {
  const asked = new URL(auditFilePath({ from: '2026-11-20', to: '2026-11-20', by: 'a&b' }), 'http://x')
    .searchParams
  expect(Number(asked.get('toMs')) - Number(asked.get('fromMs'))).toBe(24 * 3_600_000)
  expect([asked.get('actor'), asked.get('site'), asked.get('format')]).toEqual(['a&b', null, 'csv'])
})

it('takes nothing from an address that it cannot use', () => {
  const search = { act: 7, by: '', from: 'yesterday', before: 'x', site: 'north' }
  expect(auditSearchSchema.parse(search)).toEqual({ site: 'north' })
})

it('puts what a field was beside what it became, without empty lists', () => {
  const before = { role: 'member', siteIds: [] }
  const after = { role: 'hq', siteIds: [], sites: 0 }
  expect(detailLines({ before, after })).toEqual([
    { name: 'role', before: 'member', after: 'hq' },
    { name: 'sites', before: undefined, after: 0 },
  ])
})
