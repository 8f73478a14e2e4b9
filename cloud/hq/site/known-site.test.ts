import { ProblemError } from '@gatehouse/shared/ui/api.ts'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { siteQuery } from '../api/queries.ts'
import { renderScreen } from '../testing/render-screen.ts'
import { de } from '../words/de.ts'
import { en } from '../words/en.ts'

const refused = (status: number) =>
  new ProblemError({ type: '', title: 'No', status, code: 'no', hint: 'Go back.' }, 'GET /hq/sites/nowhere')

function screen(page: string, status: number): Promise<string> {
  return renderScreen(`/sites/nowhere${page}`, (client) => {
    client.setDefaultOptions({ queries: { retryOnMount: false } })
    const query = client.getQueryCache().build(client, { queryKey: siteQuery('nowhere').queryKey })
    query.setState({ status: 'error', error: refused(status) })
  })
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('a page of a site that there is not, in %s', (language) => {
  const words = language === 'de' ? de : en

  it.each(['', '/doors', '/settings', '/authority'])('says so and nothing else: %s', async (page) => {
    resetLanguage(language)
    const html = await screen(page, 404)
    expect(html.match(/<h1[^>]*>(.*?)<\/h1>/)?.[1]).toBe(words['site.unknown'])
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html).toContain(words['site.unknownId'].replace('{{id}}', 'nowhere'))
    // Another failure says nothing about the site.
    expect(await screen(page, 503)).not.toContain(words['site.unknown'])
  })
})
