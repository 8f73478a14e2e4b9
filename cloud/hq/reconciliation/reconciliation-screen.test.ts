import type { ReconciliationItem } from '@gatehouse/shared/api/hq-views'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { reconciliationQuery } from '../api/queries.ts'
import { renderScreen } from '../testing/render-screen.ts'
import { de } from '../words/de.ts'
import { en } from '../words/en.ts'

const equal: ReconciliationItem = {
  ...{ siteId: 'harbour-house', name: 'Harbour House', incarnation: 1, state: 'equal' },
  ...{ atSeq: 12, atMs: 1_795_181_400_000, amountMinor: 0 },
  lines: [{ what: 'takings EUR cash', site: 1_000, cloud: 1_000, difference: 0, unit: 'EUR' }],
}
const different: ReconciliationItem = {
  ...{ ...equal, siteId: 'quay-street', name: 'Quay Street', state: 'different', amountMinor: 1 },
  lines: [
    { what: 'entries', site: 12, cloud: 12, difference: 0, unit: 'count' },
    { what: 'takings EUR cash', site: 1_000, cloud: 999, difference: -1, unit: 'EUR' },
  ],
}

afterAll(() => resetLanguage('en'))

function rendered(items: ReconciliationItem[]): Promise<string> {
  return renderScreen('/books', (client) => {
    client.setQueryData(reconciliationQuery.queryKey, { asOfMs: 9, items })
  })
}

describe.each(['en', 'de'] as const)('the books in %s', (language) => {
  it('name the site that differs first, say so in a word, and mark just the line that does', async () => {
    resetLanguage(language)
    const words = language === 'de' ? de : en
    const html = await rendered([equal, different])
    expect(html.indexOf('Quay Street')).toBeLessThan(html.indexOf('Harbour House'))
    expect(html).toContain(words['books.different'])
    expect(html.match(/<tr data-different="different">/g)).toHaveLength(1)
    expect(html).toMatch(/<tr data-different="different">.*?≠/)
    expect(html).toMatch(/id="harbour-house" data-state="equal"/)
  })

  it('name what is missing for ever at the site where it is, who accepted it and why', async () => {
    resetLanguage(language)
    const gap = {
      incarnation: 1,
      fromSeq: 4,
      toSeq: 8,
      by: 'Hana',
      atMs: 1_795_181_400_000,
      reason: 'The disk burnt.',
    }
    const earlier = { ...gap, reason: 'A flood.' }
    const html = await rendered([
      { ...equal, gaps: [gap] },
      { ...different, incarnation: 2, gaps: [earlier] },
    ])
    const words = language === 'de' ? de : en
    const [quay = '', harbour = ''] = html.split('id="harbour-house"')
    const said = (text: string) =>
      text.replace('{{from}}', '4').replace('{{to}}', '8').replace('{{life}}', '1')
    expect(harbour).toContain(said(words['books.gap']))
    expect(harbour).toContain('Hana')
    expect(harbour).toContain('The disk burnt.')
    expect(quay).toContain(said(words['books.gapLife']))
    expect(quay).toContain('A flood.')
    expect(quay).not.toContain('The disk burnt.')
  })
})
