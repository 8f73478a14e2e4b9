import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { busesConfigSchema } from './devices/bus-config.ts'

const port = z.int().min(1).max(65_535)

/** A restored cloud gets from its sites what they keep: this much at least (ARCHITECTURE §5), ten years at most. */
const keptDaysMin = 35
const keptDaysMax = 3_650

/** A certificate for a connection that is not encrypted would promise what nobody checks. */
function fitsUrl({ url, caFile }: { readonly url: string; readonly caFile?: string | undefined }): boolean {
  return caFile === undefined || url.startsWith('mqtts:')
}

/** What one edge is told on its own machine. Everything about the site itself comes from the directory. */
export const edgeConfigSchema = z.strictObject({
  /** Folder of the ledger, keys and pictures; relative to the configuration file. */
  dataFolder: z.string().min(1),
  /** Where the box remembers its last entry outside the store; best on another disk. In the data folder unless said. */
  witnessFile: z.string().min(1).optional(),
  ledger: z
    .strictObject({
      /** Days that entries are kept at least after the cloud acknowledged them; older ones go behind a checkpoint. */
      keptDays: z.int().min(keptDaysMin).max(keptDaysMax).default(keptDaysMin),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(8101),
      /** Further `host[:port]` values that browsers may use, for example `kiosk.local:8101`. */
      allowedHosts: z.array(z.string()).default([]),
      /** Requests per second and caller before 429; bursts may be four times as many. */
      requestsPerSecondMax: z.int().min(1).max(100_000).default(50),
    })
    .prefault({}),
  cloud: z.strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'expected http://… or https://…' })
      .transform((url) => url.replace(/\/+$/, '')),
    /** One-time code for the first start; ignored once the site is enrolled. */
    enrolmentCode: z.string().min(6).max(64).optional(),
  }),
  /** Wires of this machine by the names that device rows use. */
  buses: busesConfigSchema.default({}),
  mqtt: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('embedded'), host: z.string().default('127.0.0.1'), port }),
      z.strictObject({
        kind: z.literal('outside'),
        url: z.url({ protocol: /^mqtts?$/, error: 'expected mqtt://… or mqtts://…' }),
        username: z.string().optional(),
        password: z.string().optional(),
        /** Certificate of the authority that signed the broker's (PEM); relative to the configuration file. */
        caFile: z.string().min(1).optional(),
      }),
    ])
    .refine((mqtt) => mqtt.kind === 'embedded' || fitsUrl(mqtt), {
      path: ['caFile'],
      error: 'expected with an mqtts:// address only',
    })
    .optional(),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
})
export type EdgeConfig = z.infer<typeof edgeConfigSchema>

/** A configuration that cannot be used: one sentence per field. */
export interface ConfigProblem {
  readonly lines: readonly string[]
}

/** Reads and checks a configuration file; paths in it are relative to the file. */
export function readEdgeConfig(path: string): EdgeConfig | ConfigProblem {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return { lines: [`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`] }
  }
  const parsed = parseEdgeConfig(raw)
  if ('lines' in parsed) return parsed
  const folder = dirname(resolve(path))
  const { witnessFile, mqtt } = parsed
  const caFile = mqtt?.kind === 'outside' ? mqtt.caFile : undefined
  return {
    ...parsed,
    ...(mqtt?.kind === 'outside' && caFile !== undefined
      ? { mqtt: { ...mqtt, caFile: resolve(folder, caFile) } }
      : {}),
    dataFolder: resolve(folder, parsed.dataFolder),
    ...(witnessFile !== undefined && { witnessFile: resolve(folder, witnessFile) }),
  }
}

/** Checks a configuration that is already an object; a problem names each field, its value and what is allowed. */
export function parseEdgeConfig(raw: unknown): EdgeConfig | ConfigProblem {
  const parsed = edgeConfigSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  return { lines: parsed.error.issues.map((issue) => describeIssue(raw, issue)) }
}

/** Tells a problem from a configuration. */
export function isConfigProblem(value: EdgeConfig | ConfigProblem): value is ConfigProblem {
  return 'lines' in value
}

function describeIssue(raw: unknown, issue: z.core.$ZodIssue): string {
  const field = issue.path.length > 0 ? issue.path.join('.') : '(the whole file)'
  const value = issue.path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  )
  // An object may hold secrets in its fields, and an address may hold a password.
  if (typeof value === 'object' && value !== null) return `${field}: ${issue.message}`
  const isSecret = /password|secret|code|mqtt\.url/i.test(field) && value !== undefined
  return `${field}: is ${isSecret ? '(hidden)' : (JSON.stringify(value) ?? 'nothing')}; ${issue.message}`
}
