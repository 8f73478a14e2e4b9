import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { screenRoutes } from './screen-routes.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-screens-'))
writeFileSync(join(folder, 'index.html'), '<title>screens</title>')
const admin = mkdtempSync(join(tmpdir(), 'gatehouse-admin-'))
writeFileSync(join(admin, 'index.html'), '<title>admin</title>')
mkdirSync(join(admin, 'assets'))
writeFileSync(join(admin, 'assets', 'main.js'), 'void 0')
afterAll(() => {
  for (const one of [folder, admin]) rmSync(one, { recursive: true, force: true })
})

test.each(['/', '/board', '/book', '/check-in', '/parking', '/pass', '/receipt', '/help'])(
  'a kiosk that is started again on %s gets its screen',
  async (path) => {
    const answer = await screenRoutes({ kiosk: folder, admin: folder }).request(path)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('screens')
  },
)

test.each(['/admin', '/admin/', '/admin/inside'])('%s is the site’s admin', async (path) => {
  const answer = await screenRoutes({ kiosk: folder, admin }).request(path)
  expect([answer.status, await answer.text()]).toEqual([200, '<title>admin</title>'])
  const script = await screenRoutes({ kiosk: folder, admin }).request('/admin/assets/main.js')
  expect(await script.text()).toBe('void 0')
})

test('nothing else is a screen', async () => {
  expect((await screenRoutes({ kiosk: folder, admin: folder }).request('/nowhere')).status).toBe(404)
})
