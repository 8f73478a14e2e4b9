import { expect, it } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

it('has every word in English and German, with the same placeholders', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en))
  for (const key of Object.keys(en) as (keyof typeof en)[])
    expect(placeholders(de[key])).toEqual(placeholders(en[key]))
})
