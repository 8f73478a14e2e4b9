import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, describe, expect, it } from 'vitest'
import { LivesPanel } from './lives-panel.tsx'
import { type Life, type Lives, livesQuery } from './queries.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'

const life: Life = {
  ...{ incarnation: 2, machine: 'box-2', origin: 'adopted', enrolledMs: 1_795_181_400_000 },
  ...{ state: 'in_step', sinceMs: 1_795_181_400_000, seenMs: 1_795_181_400_000, edgeSeq: 9, cloudSeq: 9 },
  ...{ recovery: null, why: null, lost: null, gaps: [] },
}

function render(lives: readonly Life[], more: Partial<Lives> = {}): string {
  const client = new QueryClient()
  const epoch = { epoch: 3, reason: 'acknowledged_ahead', beganMs: 1_795_181_400_000 }
  const directory = { refused: 0, refusedRows: [], unreadable: [] }
  const data: Lives = { asOfMs: 9, epoch, directory, mayDecide: true, lives: [...lives], ...more }
  client.setQueryData<unknown>(livesQuery('north').queryKey, data)
  const panel = createElement(LivesPanel, { siteId: 'north', timeZone: 'Europe/Berlin' })
  const app = createElement(QueryClientProvider, { client }, panel)
  return renderToString(createElement(MantineProvider, null, app))
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('the boxes of a site in %s', (language) => {
  const words = language === 'de' ? de : en
  const states = ['in_step', 'edge_ahead', 'cloud_ahead', 'history_gone', 'fork', 'older_life'] as const

  it.each(states)('say when one is %s', (state) => {
    resetLanguage(language)
    expect(render([{ ...life, state }])).toContain(words[`state.${state}`])
  })

  it('say why the epoch of the cloud began, and let HQ choose about a box that waits', () => {
    resetLanguage(language)
    const waiting: Life = { ...life, state: 'fork', recovery: 'waiting', why: 'other_machine' }
    const html = render([life, waiting])
    for (const text of [
      words['reason.acknowledged_ahead'],
      words['why.other_machine'],
      words.allow,
      words.replace,
    ]) {
      expect(html).toContain(text)
    }
  })

  it('say which entries are lost, let HQ alone accept it, and say who did', () => {
    resetLanguage(language)
    const lost: Life = { ...life, state: 'history_gone', lost: { fromSeq: 4, toSeq: 60 } }
    const title = words['lost.title'].replace('{{from}}', '4').replace('{{to}}', '60')
    for (const text of [title, words['lost.states']]) expect(render([lost])).toContain(text)
    expect(render([lost], { mayDecide: false })).toContain(title)
    expect(render([lost], { mayDecide: false })).not.toContain(words['lost.states'])
    const gap = { fromSeq: 4, toSeq: 60, byId: 'hana', atMs: 1_795_181_400_000, reason: 'No later backup.' }
    const html = render([{ ...life, gaps: [gap] }])
    expect(html).toContain('No later backup.')
    expect(html).not.toContain(words['lost.states'])
  })

  it('name the rows that the box did not take', () => {
    resetLanguage(language)
    const refusedRows = [
      { row: 'member/m-1', code: 'wrong_digest' },
      { row: 'member/m-2', code: 'a_later_code' },
    ]
    const html = render([life], { directory: { refused: 2, refusedRows, unreadable: ['later_kind/a'] } })
    expect(html).toContain(`member/m-1 (${words['refusedCode.wrong_digest']}), member/m-2 (a_later_code)`)
    const right = render([life], { directory: { refused: 2, refusedRows: [], unreadable: [] } })
    expect(right).toContain(words['refusedRows.right'])
    expect(html).toContain(words.refusedRows_other.replace('{{count}}', '2'))
    expect(html).toContain('later_kind/a')
  })

  it('offer nothing to who may not decide, and stay readable with words from a later cloud', () => {
    resetLanguage(language)
    const waiting: Life = { ...life, recovery: 'waiting', why: 'something_new' }
    const epoch = { epoch: 3, reason: 'something_new', beganMs: null }
    const html = render([waiting], { mayDecide: false, epoch })
    expect(html).toContain(words['recovery.waiting'])
    for (const text of [words.allow, words.replace, 'something_new']) expect(html).not.toContain(text)
  })
})
