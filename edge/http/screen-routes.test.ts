import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { screenRoutes } from './screen-routes.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-screens-'))
writeFileSync(join(folder, 'index.html'), '<title>screens</title>')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['/', '/board', '/book', '/check-in', '/parking', '/pass', '/receipt', '/help'])(
  'a kiosk that is started again on %s gets its screen',
  async (path) => {
    const answer = await screenRoutes(folder).request(path)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('screens')
  },
)

test('nothing else is a screen', async () => {
  expect((await screenRoutes(folder).request('/nowhere')).status).toBe(404)
})
