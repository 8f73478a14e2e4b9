import type { AccessRow, IncidentRow } from '@gatehouse/shared/api/access-view'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { renderScreen } from '../testing/render-screen.ts'
import { accessQuery, incidentQuery } from './queries.ts'
import { accessSearch, incidentSearch } from './search.ts'

const entry = { incarnation: 1, seq: 7, hash: 'ab12cd34'.repeat(8) }
const site = { siteId: 'quay-street', siteName: 'Quay Street', timeZone: 'Asia/Tokyo' }
const page = {
  asOfMs: 9,
  keptDays: 365,
  choices: {
    sites: [{ siteId: 'quay-street', name: 'Quay Street' }],
    places: [{ id: 'out-1', name: 'Exit 1' }],
  },
}
const decision = { ...entry, ...site, atMs: 1_795_181_400_000, placeId: 'main', placeName: 'Front door' }
const decisions: readonly AccessRow[] = [
  {
    ...decision,
    result: 'granted',
    reason: 'plan',
    place: 'door',
    direction: 'in',
    credentialKind: 'card',
    memberId: 'm-1',
    memberName: 'Ann (demo)',
    readerName: 'Front reader',
  },
  { ...decision, seq: 6, result: 'granted', reason: 'exit_requested', place: 'door', direction: 'out' },
  { ...decision, seq: 5, result: 'refused', reason: 'meteor_strike', place: 'lane' },
]
const incident = {
  ...entry,
  ...site,
  sinceMs: 1_795_181_400_000,
  silent: false,
  about: 'main',
  needsPerson: false,
}
const incidents: readonly IncidentRow[] = [
  { ...incident, incidentId: 'a', kind: 'door_forced', state: 'open', placeName: 'Front door' },
  { ...incident, incidentId: 'b', kind: 'duress', state: 'moment', silent: true },
  {
    ...incident,
    incidentId: 'c',
    kind: 'plate_tie',
    state: 'ended',
    endedMs: 1_795_181_500_000,
    ended: entry,
  },
  { ...incident, incidentId: 'd', kind: 'help_called', state: 'open', needsPerson: true },
  {
    ...incident,
    incidentId: 'e',
    kind: 'help_called',
    state: 'ended',
    endedMs: 1_795_181_500_000,
    acknowledgedById: 'u-1',
    acknowledgedByName: 'Mia (demo)',
  },
]

const accessPage = (address: string, items: readonly AccessRow[]) =>
  renderScreen(`/access${address}`, (client) => {
    const search = accessSearch.parse(Object.fromEntries(new URLSearchParams(address)))
    client.setQueryData(accessQuery(search).queryKey, { ...page, items: [...items], nextCursor: '5.1.7.x' })
  })
const incidentPage = (items: readonly IncidentRow[]) =>
  renderScreen('/incidents', (client) => {
    const { queryKey } = incidentQuery(incidentSearch.parse({}))
    client.setQueryData(queryKey, { ...page, openCount: 1, items: [...items] })
  })

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('in %s', (language) => {
  it('access decisions show who, where, why and lead to their entry', async () => {
    resetLanguage(language)
    const html = await accessPage('?site=quay-street', decisions)
    for (const shown of ['Ann (demo)', 'Front door', 'Front reader', 'ab12cd34', 'meteor_strike']) {
      expect(html).toContain(shown)
    }
    expect(html).toContain('/hq/sites/quay-street?incarnation=1&amp;before=8&amp;entry=7')
    expect(html.match(/data-result="granted"/g)).toHaveLength(2)
    // A word that is missing would be shown as its key.
    expect(html).not.toMatch(/>(access|incident|nav)\.[a-z]/i)
  })

  it('incidents show their state, and a silent one says so', async () => {
    resetLanguage(language)
    const html = await incidentPage(incidents)
    expect(html.match(/data-state="(open|moment|ended)"/g)).toHaveLength(5)
    expect(html).toContain('Mia (demo)')
    expect(html.match(/<button[^>]*aria-label="(I see to it|Ich kümmere mich)/g)).toHaveLength(1)
    expect(html).toContain(language === 'de' ? 'stiller Alarm' : 'silent alarm')
    expect(html).not.toMatch(/>(access|incident|nav)\.[a-z]/i)
  })

  it('a lockdown is of the whole site, and names nobody by an id', async () => {
    resetLanguage(language)
    const lockdown = { ...incident, incidentId: 'f', kind: 'lockdown', state: 'open', about: 'us_1' } as const
    expect(await incidentPage([lockdown])).not.toContain('us_1')
  })

  it('says what to do where nothing is there, or nothing matches', async () => {
    resetLanguage(language)
    const nothing = await accessPage('', [])
    const filtered = await accessPage('?result=refused', [])
    expect(nothing).not.toContain('<tbody>')
    expect(filtered).not.toContain('<tbody>')
    expect(filtered).toContain(language === 'de' ? 'Filter löschen' : 'Clear filters')
    expect(nothing).not.toContain(language === 'de' ? 'Filter löschen' : 'Clear filters')
    expect(await incidentPage([])).not.toContain('<tbody>')
  })
})
