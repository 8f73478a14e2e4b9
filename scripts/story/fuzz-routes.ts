import * as fc from 'fast-check'
import { z } from 'zod'

const schemaSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
})
const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.looseObject({
      post: z
        .looseObject({
          requestBody: z
            .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
            .optional(),
        })
        .optional(),
    }),
  ),
})

/** A POST route as the program's own document declares it, with the names of its fields. */
interface PostRoute {
  readonly path: string
  readonly fields: readonly string[]
}

/** Every POST route that the OpenAPI document at `url` lists. */
export async function postRoutes(url: string): Promise<PostRoute[]> {
  const { paths } = documentSchema.parse(await (await fetch(`${url}/openapi.json`)).json())
  return Object.entries(paths).flatMap(([path, { post }]) =>
    post === undefined
      ? []
      : [{ path, fields: fieldsOf(post.requestBody?.content['application/json']?.schema) }],
  )
}

function fieldsOf(schema: unknown): string[] {
  const parsed = schemaSchema.safeParse(schema)
  if (!parsed.success) return []
  const { properties = {}, anyOf = [], oneOf = [] } = parsed.data
  return [...new Set([...Object.keys(properties), ...[...anyOf, ...oneOf].flatMap(fieldsOf)])]
}

/** Values that have broken programs before. */
const nasty = [
  ...[null, true, -1, 0, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 8_640_000_000_000_001, 2 ** 53],
  ...['', ' ', '\u0000', '\ud800', '\u202e', '__proto__', 'constructor', "' OR 1=1 --", '../../etc/passwd'],
  ...['x'.repeat(65), 'x'.repeat(5_000), 'card', 'cash', 'plan', 'sandbox_ok', 'sandbox_declined', '0000'],
]

/** One attempt: what stands in for each path parameter, and the body. */
interface Attempt {
  readonly parameter: string
  readonly body: unknown
}

/**
 * Attempts at a route: any JSON at all, or its own fields with values that are right, nasty or anything.
 * `known` are values that mean something to the program.
 */
export function attempts({ fields }: PostRoute, known: readonly (string | number)[]): fc.Arbitrary<Attempt> {
  const value = fc.oneof(fc.constantFrom(...known), fc.constantFrom(...nasty), fc.jsonValue())
  const shaped = fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] })
  const text = known.filter((one) => typeof one === 'string')
  const parameter = fc.oneof(
    fc.constantFrom(...text),
    fc.constantFrom('x', '%00', '%E0%A4%A', '..%2f..', 'x'.repeat(300), '__proto__', "'--"),
  )
  return fc.record({ parameter, body: fc.oneof({ weight: 3, arbitrary: shaped }, fc.jsonValue()) })
}

/** The address of a route with every parameter filled in. */
export function pathOf(route: PostRoute, attempt: Attempt): string {
  return route.path.replace(/\{[^}]+\}/g, attempt.parameter)
}
