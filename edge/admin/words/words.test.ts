import { describe, expect, it } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).toSorted()

describe('words of the site’s admin', () => {
  it('are the same keys in both languages', () => {
    expect(Object.keys(de).toSorted()).toEqual(Object.keys(en).toSorted())
  })

  it('carry the same values in both languages, and none is empty', () => {
    for (const [key, text] of Object.entries(en)) {
      const german = de[key as keyof typeof en]
      expect(german.trim(), key).not.toBe('')
      expect(placeholders(german), key).toEqual(placeholders(text))
    }
  })
})
