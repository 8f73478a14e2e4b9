import { z } from 'zod'
import { cardFormatSchema } from './card-format.ts'
import { profileFileSchema } from './profile.ts'

function profileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(profileFileSchema, { target: 'draft-2020-12', io: 'input' })
  return { ...schema, title: 'Gatehouse device profile' }
}

/** The JSON Schemas of `firmware-profiles`, by the file that holds each. */
export function jsonSchemas(): Record<string, Record<string, unknown>> {
  const cards = z.toJSONSchema(cardFormatSchema, { target: 'draft-2020-12', io: 'input' })
  return {
    'profile.schema.json': profileJsonSchema(),
    'card-format.schema.json': { ...cards, title: 'Gatehouse card format' },
  }
}
