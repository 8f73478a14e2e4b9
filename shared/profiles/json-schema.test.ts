import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { profileJsonSchema } from './json-schema.ts'

const path = new URL('../../firmware-profiles/profile.schema.json', import.meta.url)

// After a change of profile.ts: UPDATE_PROFILE_SCHEMA=1 npx vitest run shared/profiles/json-schema.test.ts
test('firmware-profiles/profile.schema.json is what profile.ts says', () => {
  const schema = JSON.parse(JSON.stringify(profileJsonSchema()))
  if (process.env.UPDATE_PROFILE_SCHEMA) writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(schema)
})
