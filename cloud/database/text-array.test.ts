import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { textArray, textArrayLiteral } from './text-array.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const anyText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))

describe('an array of texts', () => {
  it('reaches the store as it is, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(anyText)), async (texts) => {
        const { rows } = await database.pool.query('SELECT $1::text[] AS texts', [textArray(texts)])
        expect(rows).toEqual([{ texts }])
      }),
    )
  })

  it('is read by the store from its literal, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText), async (texts) => {
        const array = textArray([textArrayLiteral(texts)])
        const { rows } = await database.pool.query('SELECT ($1::text[])[1]::text[] AS texts', [array])
        expect(rows).toEqual([{ texts }])
      }),
    )
  })

  it('with a NUL character is refused as data, not as a failure of the store', async () => {
    const query = database.pool.query('SELECT $1::text[]', [textArray(['a\0b'])])
    await expect(query).rejects.toMatchObject({ code: '22021' })
  })
})
