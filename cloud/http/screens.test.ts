import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screenRoutes } from './screens.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-screens-'))
  for (const screen of ['front', 'app']) {
    await mkdir(join(folder, screen, 'assets'), { recursive: true })
    await writeFile(join(folder, screen, 'index.html'), `<title>${screen}</title>`)
    await writeFile(join(folder, screen, 'assets', 'index-abc123.js'), 'export {}')
  }
  await writeFile(join(folder, 'secret.txt'), 'secret')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const routes = () =>
  screenRoutes({
    frontDoor: join(folder, 'front'),
    memberApp: join(folder, 'app'),
    hq: join(folder, 'not-built'),
  })
const get = async (path: string) => {
  const answer = await routes().request(path)
  return { status: answer.status, cache: answer.headers.get('cache-control'), text: await answer.text() }
}

describe('built screens', () => {
  it('open at any page of theirs, never cached', async () => {
    for (const path of ['/app/', '/app/sites/north']) {
      expect(await get(path)).toEqual({ status: 200, cache: 'no-cache', text: '<title>app</title>' })
    }
    expect(await get('/')).toEqual({ status: 200, cache: 'no-cache', text: '<title>front</title>' })
  })

  it('have hashed files that are cached for ever', async () => {
    expect(await get('/app/assets/index-abc123.js')).toMatchObject({
      status: 200,
      cache: expect.stringContaining('immutable'),
    })
  })

  it('answer 404 for files that do not exist, pages the front door does not have, and screens not built', async () => {
    for (const path of [
      '/app/assets/gone-1.js',
      '/nothing',
      '/api/v1/nothing',
      '/hq/',
      '/app/..%2fsecret.txt',
    ]) {
      expect((await get(path)).status).toBe(404)
    }
  })

  it('have a plain front door when none was built', async () => {
    const plain = screenRoutes({ frontDoor: folder, memberApp: folder, hq: folder })
    expect(await (await plain.request('/')).text()).toContain('href="/app/"')
  })
})
