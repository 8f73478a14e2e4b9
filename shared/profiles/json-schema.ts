import { z } from 'zod'
import { profileFileSchema } from './profile.ts'

/** Makes the JSON Schema that editors check profile files with. */
export function profileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(profileFileSchema, { target: 'draft-2020-12', io: 'input' })
  return { ...schema, title: 'Gatehouse device profile' }
}
