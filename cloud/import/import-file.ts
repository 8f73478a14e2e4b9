import { readFileSync } from 'node:fs'
import * as ids from '@gatehouse/shared/ids/ids'
import { directoryBodies, photosMax } from '@gatehouse/shared/wire/v1/directory'
import { z } from 'zod'

const wallMs = z.int().min(0)
const label = z.string().min(1).max(120)
// The ids of all kinds look alike.
const someId = ids.siteIdSchema.transform(String)

/** A row of a site's directory; `body` null removes it. The `key` is the id of the thing. */
const rowOf = <Kind extends string, Body extends z.ZodType>(kind: Kind, body: Body) =>
  z.strictObject({ kind: z.literal(kind), key: someId, body: body.nullable() })

/** What an operator may write of a site; members, plans and credentials are alike at every site. */
const siteRow = z.discriminatedUnion('kind', [
  rowOf('site', directoryBodies.site),
  rowOf('level', directoryBodies.level),
  rowOf('zone', directoryBodies.zone),
  rowOf('space', directoryBodies.space),
  rowOf('door', directoryBodies.door),
  rowOf('lane', directoryBodies.lane),
  rowOf('device', directoryBodies.device),
  rowOf('tariff', directoryBodies.tariff),
])

const member = z.strictObject({
  memberId: ids.memberIdSchema,
  displayName: label,
  planId: ids.planIdSchema.exactOptional(),
  planFromMs: wallMs.exactOptional(),
  planToMs: wallMs.exactOptional(),
})

const credential = z.strictObject({
  credentialId: ids.credentialIdSchema,
  memberId: ids.memberIdSchema,
  kind: z.enum(['card', 'pin']),
  /** The number of the card or the digits of the PIN. */
  secret: z.string().min(4).max(64),
  /** A PIN that opens as usual and alarms HQ silently. */
  duress: z.literal(true).exactOptional(),
  fromMs: wallMs.exactOptional(),
  toMs: wallMs.exactOptional(),
})

/** What an operator tells a cloud about places and people; it names every plan and member that it refers to. */
export const importFileSchema = z
  .strictObject({
    operator: z.strictObject({ operatorId: someId, name: label }),
    sites: z.array(
      z.strictObject({
        siteId: ids.siteIdSchema,
        rows: z.array(siteRow),
        /** Pictures of the site: files beside this one, and what they show. They replace those of its row. */
        photos: z
          .array(z.strictObject({ file: label, text: label }))
          .max(photosMax)
          .exactOptional(),
      }),
    ),
    plans: z.array(z.strictObject({ planId: ids.planIdSchema, body: directoryBodies.plan })).default([]),
    members: z.array(member).default([]),
    credentials: z.array(credential).default([]),
  })
  .superRefine(({ plans, members, credentials }, context) => {
    const planIds = new Set(plans.map(({ planId }) => planId))
    const memberIds = new Set(members.map(({ memberId }) => memberId))
    members.forEach(({ planId }, at) => {
      if (planId === undefined || planIds.has(planId)) return
      const message = `plan ${planId} is not in this file`
      context.addIssue({ code: 'custom', path: ['members', at, 'planId'], message })
    })
    credentials.forEach(({ memberId }, at) => {
      if (memberIds.has(memberId)) return
      const message = `member ${memberId} is not in this file`
      context.addIssue({ code: 'custom', path: ['credentials', at, 'memberId'], message })
    })
  })
export type ImportFile = z.infer<typeof importFileSchema>

/** Reads and checks a file; see `parseImportFile`. */
export function readImportFile(path: string): ReturnType<typeof parseImportFile> {
  try {
    return parseImportFile(readFileSync(path, 'utf8'))
  } catch (error) {
    return { lines: [error instanceof Error ? error.message : 'It cannot be read.'] }
  }
}

/** Checks the text of a file; a problem names the place and what is allowed, never a value: some are secret. */
export function parseImportFile(text: string): ImportFile | { readonly lines: readonly string[] } {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    return { lines: [error instanceof Error ? error.message : 'This is not JSON.'] }
  }
  const parsed = importFileSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  return {
    lines: parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(the file)'}: ${message}`),
  }
}
