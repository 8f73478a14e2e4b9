import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { photoOf, putPhoto } from './photo-store.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
})
afterAll(() => world.close())

test('a picture is served to who may see sites, for ever, and never as another type', async () => {
  const photo = photoOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 7]))
  if (!photo.ok) expect.fail(photo.error)
  await putPhoto(world.cloud.pool, photo.value)
  await putPhoto(world.cloud.pool, photo.value)
  const anna = await world.as('anna')
  const answer = await anna.get(`/api/v1/photos/${photo.value.sha256}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/jpeg')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await anna.get(`/api/v1/photos/${'0'.repeat(64)}`)).status).toBe(404)
  expect((await anna.get('/api/v1/photos/front.png')).status).toBe(404)
  expect((await world.stranger().get(`/api/v1/photos/${photo.value.sha256}`)).status).toBe(401)
})
