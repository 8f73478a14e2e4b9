import type { ActView, AuditSummary } from '@gatehouse/shared/api/audit-view'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { renderScreen } from '../testing/render-screen.ts'
import { actsQuery, auditSearchSchema, auditSummaryQuery } from './queries.ts'
import { namedActs } from './words/words.ts'

const act: ActView = {
  seq: 7,
  hash: 'ab'.repeat(32),
  prev: 'cd'.repeat(32),
  act: 'role.changed',
  occurredMs: 1_795_181_400_000,
  actor: { kind: 'user', id: 'us_1', role: 'hq' },
  actorName: 'Iver (demo)',
  subject: { kind: 'user', id: 'us_2' },
  subjectName: 'Ann (demo)',
  before: { role: 'member' },
  after: { role: 'site_manager', siteIds: ['quay-street'], sites: 1 },
}
const intact: AuditSummary['chain'] = { state: 'intact', acts: 7, headSeq: 7, headHash: act.hash }
const summary = { asOfMs: 9, actors: [{ id: 'us_1', name: 'Iver (demo)' }], sites: [{ id: 'north' }] }

function render(query: string, items: readonly ActView[], chain = intact): Promise<string> {
  return renderScreen(`/audit${query}`, (client) => {
    const search = auditSearchSchema.parse(Object.fromEntries(new URLSearchParams(query)))
    client.setQueryData(auditSummaryQuery.queryKey, { ...summary, chain })
    client.setQueryData(actsQuery(search).queryKey, { items: [...items], nextBeforeSeq: 7 })
  })
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('the audit in %s', (language) => {
  const say = (en: string, de: string) => (language === 'de' ? de : en)

  it('shows who did what to whom, and what it was before', async () => {
    resetLanguage(language)
    const html = await render('', [act])
    expect(html).toContain(`Iver (demo) (${say('HQ', 'Zentrale')})`)
    expect(html).toContain(`${say('User', 'Benutzer')} Ann (demo)`)
    expect(html).toContain(say('role: member → site manager', 'Rolle: Mitglied → Standortleitung'))
    expect(html).toContain(say('Chain intact', 'Kette unversehrt'))
    expect(html).toMatch(/data-state="free"/)
  })

  it('writes an amount as money of its currency', async () => {
    resetLanguage(language)
    const after = { currency: 'EUR', amountMinor: 12_000 }
    const html = await render('', [{ ...act, act: 'credits.moved', before: {}, after }])
    const money = new Intl.NumberFormat(say('en-GB', 'de-DE'), { style: 'currency', currency: 'EUR' })
    expect(html).toContain(`${say('amount', 'Betrag')}: ${money.format(120)}</td>`)
  })

  it('marks the act at which the chain is broken, and says what to do', async () => {
    resetLanguage(language)
    const html = await render('', [act], { ...intact, state: 'broken', brokenAtSeq: 7 })
    expect(html).toMatch(/data-seq="7" data-broken="true"/)
    expect(html).toMatch(/data-state="out"/)
    expect(html).toContain(say('backup', 'Sicherung'))
  })

  it('has a word for every act, and shows the code of one that it does not know', async () => {
    resetLanguage(language)
    const every = [...namedActs, 'moon.landed'].map((code, at) => ({ ...act, act: code, seq: at + 1 }))
    const html = await render('', every)
    expect(html).toContain('<td>moon.landed</td>')
    for (const code of namedActs) expect(html).not.toContain(`<td>${code}</td>`)
  })

  it('says what to do where nothing is there, nothing matches, or the days are reversed', async () => {
    resetLanguage(language)
    expect(await render('', [])).toContain(say('No act yet.', 'Noch kein Vorgang.'))
    const filtered = await render('?act=user.created', [])
    expect(filtered).toContain(say('Clear filters', 'Filter löschen'))
    expect(filtered).toContain(say('No act matches.', 'Kein Vorgang passt.'))
    const reversed = await render('?from=2026-11-21&to=2026-11-20', [act])
    expect(reversed).not.toContain('<tbody>')
  })
})
