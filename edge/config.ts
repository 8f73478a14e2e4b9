import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { busesConfigSchema } from './devices/bus-config.ts'

const port = z.int().min(1).max(65_535)

/** What one edge is told on its own machine. Everything about the site itself comes from the directory. */
export const edgeConfigSchema = z.strictObject({
  /** Folder of the ledger, keys and pictures; relative to the configuration file. */
  dataFolder: z.string().min(1),
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
    url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
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
        url: z.url({ protocol: /^mqtts?$/ }),
        username: z.string().optional(),
        password: z.string().optional(),
      }),
    ])
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
  const parsed = edgeConfigSchema.safeParse(raw)
  if (!parsed.success) {
    return { lines: parsed.error.issues.map((issue) => describeIssue(raw, issue)) }
  }
  return { ...parsed.data, dataFolder: resolve(dirname(resolve(path)), parsed.data.dataFolder) }
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
  const shown = /password|secret|code/i.test(field) ? '(hidden)' : (JSON.stringify(value) ?? 'nothing')
  return `${field}: is ${shown}; ${issue.message}`
}
