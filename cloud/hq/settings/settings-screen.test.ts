import type { SiteSettingsView } from '@gatehouse/shared/api/site-settings-view'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { renderScreen } from '../testing/render-screen.ts'
import { settingsQuery } from './queries.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'

const view: SiteSettingsView = {
  ...{ name: 'Harbour House', rev: 7, mayChange: true },
  settings: { status: 'open', allocation: 'nearest', lending: { pools: [] } },
  pools: [{ kind: 'meeting_room', spaces: 3 }],
  spaces: [{ spaceId: 'room-1', name: 'Pier' }],
}
const screen = (of: SiteSettingsView) =>
  renderScreen('/sites/harbour-house/settings', (client) => {
    client.setQueryData(settingsQuery('harbour-house').queryKey, of)
  })

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('the settings of a site in %s', (language) => {
  const words = language === 'de' ? de : en

  it('can be saved by who may change them, and are shown to others', async () => {
    resetLanguage(language)
    const html = await screen(view)
    expect(html).toContain(`>${words.save}<`)
    expect(html).not.toContain(words.readOnly)
    const shown = await screen({ ...view, mayChange: false })
    expect(shown).toContain(words.readOnly)
    expect(shown).not.toContain(`>${words.save}<`)
  })

  it('ask how bays are given only where there are bays', async () => {
    resetLanguage(language)
    expect(await screen(view)).not.toContain(words['allocation.spread'])
    const bays = [...view.pools, { kind: 'bay', bayClass: 'ev', spaces: 2 }]
    expect(await screen({ ...view, pools: bays })).toContain(words['allocation.spread'])
  })
})
