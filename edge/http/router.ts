import { OpenAPIHono } from '@hono/zod-openapi'
import { refuse } from './problem.ts'

/** A router whose routes answer unreadable input with the problem `invalid_input` that names each field. */
export function edgeRouter(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      return refuse(c, { code: 'invalid_input', detail: { issues } })
    },
  })
}
