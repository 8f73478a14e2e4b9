import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { programEnd } from '@gatehouse/shared/errors/program-end'
import { pino } from 'pino'
import { backupCommand, restoreCommand } from './backup/backup-commands.ts'
import type { CloudAdapters } from './cloud-core.ts'
import { startCloud } from './cloud-program.ts'
import {
  addUser,
  type CommandOutput,
  enrolmentCodeCommand,
  importFile,
  restoredCommand,
  revokeCredentialCommand,
} from './commands.ts'
import { type CloudConfig, readCloudConfig } from './config.ts'
import { runDoctor } from './doctor.ts'
import { currentTraceId } from './http/trace.ts'
import { SystemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

const usage = `gatehouse-cloud --config FILE                        run the cloud
gatehouse-cloud doctor --config FILE                 check this machine
gatehouse-cloud import FILE --config FILE            write sites, plans, members and cards from a file
gatehouse-cloud enrolment-code SITE --config FILE    make a one-time code for a site's edge; a box that takes over
                                                     needs --old-box switched_off|broken|destroyed|gone
gatehouse-cloud add-user EMAIL ROLE --config FILE    let somebody log in; prints the password once
                                                     [--name NAME] [--member ID] [--site SITE]…
gatehouse-cloud revoke-credential ID --config FILE   revoke a card or PIN everywhere; a member's id means all of theirs
gatehouse-cloud backup --to FOLDER --config FILE     write every table as of one moment, also while it runs
gatehouse-cloud restore --from FOLDER --config FILE  fill an empty database; a new epoch begins
gatehouse-cloud restored --config FILE               the database was put back by other tools: begin a new epoch`

/** The adapters of a real machine. */
export function systemAdapters(config: CloudConfig): CloudAdapters {
  const logger = pino({
    level: config.log.level,
    // Whatever a request leads to names its trace.
    mixin: () => {
      const traceId = currentTraceId()
      return traceId === undefined ? {} : { traceId }
    },
    redact: ['password', 'secret', 'authorization', 'code', '*.password', '*.secret', '*.authorization'],
  })
  return { clock: new SystemClock(), random: systemRandom, logger }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      help: { type: 'boolean' },
      to: { type: 'string' },
      from: { type: 'string' },
      name: { type: 'string' },
      member: { type: 'string' },
      'old-box': { type: 'string' },
      site: { type: 'string', multiple: true },
    },
  })
  if (values.help || values.config === undefined) {
    process.stdout.write(`${usage}\n`)
    return values.help ? 0 : 2
  }
  const config = readCloudConfig(values.config, process.env)
  if ('lines' in config) {
    process.stderr.write(`${values.config} cannot be used:\n  ${config.lines.join('\n  ')}\n`)
    return 2
  }
  const output: CommandOutput = (line) => process.stdout.write(`${line}\n`)
  const [verb, argument] = positionals
  const adapters = systemAdapters(config)
  if (verb === undefined) return run(config, adapters)
  if (verb === 'backup') return backupCommand(config, adapters, values.to, output)
  if (verb === 'restore') return restoreCommand(config, adapters, values.from, output)
  if (verb === 'restored') return restoredCommand(config, adapters, output)
  if (verb === 'doctor') return runDoctor(config, adapters.clock, output)
  if (verb === 'import' && argument !== undefined) return importFile(config, adapters, argument, output)
  if (verb === 'enrolment-code' && argument !== undefined) {
    const request = { site: argument, oldBox: values['old-box'] }
    return enrolmentCodeCommand(config, adapters, request, output)
  }
  if (verb === 'revoke-credential' && argument !== undefined) {
    return revokeCredentialCommand(config, adapters, argument, output)
  }
  if (verb === 'add-user') {
    const { name, member: memberId, site: siteIds } = values
    return addUser(
      config,
      adapters,
      { email: argument, role: positionals[2], name, memberId, siteIds },
      output,
    )
  }
  process.stderr.write(`${usage}\n`)
  return 2
}

async function run(config: CloudConfig, adapters: CloudAdapters): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const cloud = await startCloud(config, adapters)
  await stopped
  await cloud.stop()
  return 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      const { text, exitCode } = programEnd(error, usage)
      process.stderr.write(text)
      process.exit(exitCode)
    },
  )
}
