import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import { makeLocalSecret, readLocalSecret } from './local-secret.ts'

const random = new SeededRandom(5)
const folder = () => mkdtempSync(join(tmpdir(), 'local-secret-'))

test('the secret of local tools is made once, for its owner only', () => {
  const data = folder()
  expect(readLocalSecret(data)).toBeUndefined()
  const secret = makeLocalSecret(data, random)
  expect([makeLocalSecret(data, random), readLocalSecret(data)]).toEqual([secret, secret])
  expect(statSync(join(data, 'local-secret')).mode & 0o777).toBe(0o600)
})

test.each(['', 'short'])('a file that a power cut left as %j is no secret; a new one is made', (left) => {
  const data = folder()
  writeFileSync(join(data, 'local-secret'), left)
  expect(readLocalSecret(data)).toBeUndefined()
  expect(makeLocalSecret(data, random)).toHaveLength(40)
})
