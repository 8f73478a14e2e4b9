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

const portSchema = z.coerce.number().int().min(1).max(65_400)
const environmentSchema = z.object({
  CLOUD_PORT: portSchema.default(8080),
  EDGE_PORT_BASE: portSchema.default(8100),
  GATEHOUSE_DATA: z.string().min(1).default(join(repositoryRoot, '.gatehouse')),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  MQTT_URL: z.url({ protocol: /^mqtts?$/ }).optional(),
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
    throw invalid(`${name} is "${environment[name] ?? ''}": ${issue?.message ?? 'not allowed'}.`)
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
