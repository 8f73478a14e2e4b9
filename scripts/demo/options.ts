import { join, resolve } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'
import { repositoryRoot } from '../repository-root.ts'

/** How a demo was asked to run. */
export interface DemoOptions {
  readonly fresh: boolean
  /** Listen on every address instead of loopback only. */
  readonly lan: boolean
  readonly cloudPort: number
  readonly edgePortBase: number
  readonly dataFolder: string
  readonly databaseUrl: string | undefined
  readonly mqttUrl: string | undefined
  /** Begin with the background traffic paused. */
  readonly quiet: boolean
}

const portAllowed = 'a whole number from 1 to 65400'
const portSchema = z.coerce.number(portAllowed).int(portAllowed).min(1, portAllowed).max(65_400, portAllowed)
const environmentSchema = z.object({
  CLOUD_PORT: portSchema.default(8080),
  EDGE_PORT_BASE: portSchema.default(8100),
  GATEHOUSE_DATA: z.string().min(1).default(join(repositoryRoot, '.gatehouse')),
  // Not a URL to everybody: over a Unix socket it has no host.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'postgresql://user:password@host/database')
    .optional(),
  MQTT_URL: z.url({ protocol: /^mqtts?$/, error: 'mqtt://host:port or mqtts://host:port' }).optional(),
})

const flags = new Set(['--fresh', '--lan', '--quiet'])

/** Reads flags and environment; refuses with `option_invalid`, naming the option and what is allowed. */
export function parseDemoOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoOptions {
  const unknown = args.find((arg) => !flags.has(arg))
  if (unknown !== undefined) throw invalid(`"${unknown}" is not known; allowed are ${[...flags].join(', ')}.`)
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = environmentSchema.safeParse(set)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = String(issue?.path[0] ?? '')
    // Addresses of servers may hold passwords.
    const shown = name.endsWith('_URL') ? '(hidden)' : `"${environment[name] ?? ''}"`
    throw invalid(`${name} is ${shown}; allowed is ${issue?.message}.`)
  }
  return {
    fresh: args.includes('--fresh'),
    lan: args.includes('--lan'),
    quiet: args.includes('--quiet'),
    cloudPort: parsed.data.CLOUD_PORT,
    edgePortBase: parsed.data.EDGE_PORT_BASE,
    dataFolder: resolve(parsed.data.GATEHOUSE_DATA),
    databaseUrl: parsed.data.DATABASE_URL,
    mqttUrl: parsed.data.MQTT_URL,
  }
}

function invalid(hint: string): SiteError {
  return new SiteError({ code: 'option_invalid', op: 'demo.options', hint, retryable: false })
}
