import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { exceptionKinds } from '@gatehouse/shared/api/exception-view'
import { z } from 'zod'

const rate = (perSecond: number, burst: number) =>
  z
    .strictObject({
      /** Requests per second that may go on for ever. */
      perSecond: z.number().positive().max(100_000).default(perSecond),
      /** Requests that may come at once. */
      burst: z.int().min(1).max(100_000).default(burst),
    })
    .prefault({})

/** What one cloud process is told on its own machine; every default lives here. */
export const cloudConfigSchema = z.strictObject({
  /** Folder of the embedded PostgreSQL; relative to the configuration file. */
  dataFolder: z.string().min(1),
  /** A PostgreSQL of yours (15 or newer); without it one is started in the data folder. */
  databaseUrl: z
    .string()
    // Not a URL to everybody: over a Unix socket it has no host (`postgresql://user@/database?host=/run/…`).
    .regex(/^postgres(ql)?:\/\/\S+$/, 'expected postgresql://user:password@host/database')
    .optional(),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8080),
      /** The address people use, for example `https://gatehouse.example`; by default host and port. */
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .transform((url) => url.replace(/\/+$/, ''))
        .optional(),
      /** Further host names under which this server is reached. */
      allowedHosts: z.array(z.string().min(1)).default([]),
      /** Origins of other pages that may call the API, for example a white-label domain. */
      allowedOrigins: z.array(z.url({ protocol: /^https?$/ })).default([]),
      /** Addresses of reverse proxies whose `X-Forwarded-For` is believed. */
      trustedProxies: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  limits: z
    .strictObject({
      perAddress: rate(100, 400),
      perUser: rate(20, 80),
      perLogIn: rate(0.2, 10),
      bodyBytesMax: z.int().min(1_024).max(100_000_000).default(1_000_000),
    })
    .prefault({}),
  /**
   * Key of personal values such as plates, made on first use; relative to the configuration file, by default
   * `subject.key` in the data folder. Several processes over one database share it; keep a copy outside its backups.
   */
  subjectKeyFile: z.string().min(1).optional(),
  /** How long a call waits for a site's answer before it says `pending`, ms. */
  siteAnswerMaxMs: z.int().min(100).max(60_000).default(8_000),
  retention: z
    .strictObject({
      /** Days for which HQ can search access decisions and past incidents; the ledger keeps its entries. */
      accessDays: z.int().min(1).max(36_500).default(365),
    })
    .prefault({}),
  passes: z
    .strictObject({
      /** A pass on a phone is believed for so long without being renewed. */
      lifeHours: z.number().positive().max(720).default(24),
    })
    .prefault({}),
  /** How members' credits are shared over sites by themselves. */
  credits: z
    .strictObject({
      /** So much of what is left stays in the cloud, percent; 100 leaves every movement to people. */
      keptPercent: z.int().min(0).max(100).default(50),
      /** A site gets more once it has less than this part of its share, percent. */
      lowWaterPercent: z.int().min(0).max(100).default(25),
      /** Sites where the member booked within so many days get a share. */
      usedWithinDays: z.int().min(1).max(365).default(30),
    })
    .prefault({}),
  exceptions: z
    .strictObject({
      /** Settling a case above this needs a second person, minor units of any currency. */
      secondPersonAboveMinor: z.int().min(0).max(1_000_000_000).default(5_000),
      /** Kinds that always need one. */
      secondPersonKinds: z
        .array(z.enum(exceptionKinds))
        .default(['chain_fork', 'clone', 'foreign_call', 'late_decline']),
    })
    .prefault({}),
  /** Bearer token for `/metrics`; without it only callers on this machine may read them. */
  metricsToken: z.string().min(16).optional(),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
})
export type CloudConfig = z.infer<typeof cloudConfigSchema>

/** The file of the key under which personal values are sealed. */
export function subjectKeyFileOf({ dataFolder, subjectKeyFile }: CloudConfig): string {
  return subjectKeyFile ?? join(dataFolder, 'subject.key')
}

/** A configuration that cannot be used: one sentence per field. */
export interface ConfigProblem {
  readonly lines: readonly string[]
}

/**
 * Reads and checks a configuration file; paths in it are relative to the file. `DATABASE_URL` and
 * `CLOUD_PORT` in the environment go before what the file says.
 */
export function readCloudConfig(path: string, environment: NodeJS.ProcessEnv): CloudConfig | ConfigProblem {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return { lines: [`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`] }
  }
  const parsed = parseCloudConfig(withEnvironment(raw, environment))
  if ('lines' in parsed) return parsed
  const at = (name: string) => resolve(dirname(resolve(path)), name)
  const { subjectKeyFile } = parsed
  return {
    ...parsed,
    dataFolder: at(parsed.dataFolder),
    ...(subjectKeyFile === undefined ? {} : { subjectKeyFile: at(subjectKeyFile) }),
  }
}

/** Checks a configuration that is already an object. */
export function parseCloudConfig(raw: unknown): CloudConfig | ConfigProblem {
  const parsed = cloudConfigSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  return { lines: parsed.error.issues.map((issue) => describeIssue(raw, issue)) }
}

function withEnvironment(raw: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  const { DATABASE_URL: databaseUrl, CLOUD_PORT: port } = environment
  const http = (raw as { http?: object }).http
  return {
    ...raw,
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(port ? { http: { ...http, port: Number(port) } } : {}),
  }
}

function describeIssue(raw: unknown, issue: z.core.$ZodIssue): string {
  // The file as a whole may hold secrets; a field of it is named by its path.
  if (issue.path.length === 0) return `(the whole file): ${issue.message}`
  const field = issue.path.join('.')
  const value = issue.path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  )
  const isSecret = /token|secret|url/i.test(field)
  const shown = isSecret && value !== undefined ? '(hidden)' : (JSON.stringify(value) ?? 'nothing')
  return `${field}: is ${shown}; ${issue.message}`
}
