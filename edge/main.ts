import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { programEnd } from '@gatehouse/shared/errors/program-end'
import { pino } from 'pino'
import { backupCommand } from './backup/backup-command.ts'
import { restoreCommand } from './backup/restore-command.ts'
import type { EdgeConfig } from './config.ts'
import { isConfigProblem, readEdgeConfig } from './config.ts'
import { devicesCommand } from './devices-command.ts'
import { runDoctor } from './doctor.ts'
import { type EdgeAdapters, EdgeProgram } from './edge-program.ts'
import { installReaderCommand } from './install-reader-command.ts'
import { rebuildCommand } from './rebuild-command.ts'
import { adoptCommand } from './recovery/adopt-command.ts'
import { readMachineMark } from './sync/machine-mark.ts'
import { SystemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

const usage = `gatehouse-edge --config FILE            run the site
gatehouse-edge doctor --config FILE     check this machine
gatehouse-edge rebuild --check --config FILE   replay the ledger and compare
gatehouse-edge backup --to FOLDER --config FILE      copy the store and identity, also while it runs
gatehouse-edge restore --from FOLDER --config FILE   put a backup into an empty data folder
gatehouse-edge adopt SITE --code CODE --config FILE  take over a site whose box is gone, with its history
gatehouse-edge devices [list | watch [DEVICE]] --config FILE   every device as the running edge sees it
gatehouse-edge devices test DEVICE [--reason fault] [--text TEXT] --config FILE   release a strike, blink a reader, write on a sign
gatehouse-edge devices set-key DEVICE --config FILE   the same as install-reader
gatehouse-edge install-reader DEVICE --config FILE   let a reader on OSDP have its key, for ten minutes`

/** Starts an edge with the given adapters and resolves once it listens. Used by `main` and by the demo. */
export async function startEdge(config: EdgeConfig, adapters: EdgeAdapters): Promise<EdgeProgram> {
  const program = new EdgeProgram(config, adapters)
  await program.start()
  return program
}

/** The adapters of a real machine. */
export function systemAdapters(config: EdgeConfig): EdgeAdapters {
  const logger = pino({
    level: config.log.level,
    redact: ['secret', 'pin', 'plate', 'authorization', '*.secret', '*.pin', '*.plate'],
  })
  return { clock: new SystemClock(), random: systemRandom, logger, machineMark: readMachineMark() }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      check: { type: 'boolean' },
      help: { type: 'boolean' },
      to: { type: 'string' },
      from: { type: 'string' },
      code: { type: 'string' },
      reason: { type: 'string' },
      text: { type: 'string' },
    },
  })
  if (values.help || values.config === undefined) {
    process.stdout.write(`${usage}\n`)
    return values.help ? 0 : 2
  }
  const config = readEdgeConfig(values.config)
  if (isConfigProblem(config)) {
    process.stderr.write(`${values.config} cannot be used:\n  ${config.lines.join('\n  ')}\n`)
    return 2
  }
  const [verb, named, device] = positionals
  const print = (line: string) => void process.stdout.write(`${line}\n`)
  if (verb === 'doctor') return runDoctor(config, new SystemClock(), print)
  if (verb === 'rebuild') return rebuildCommand(config, systemRandom, print)
  if (verb === 'backup') return backupCommand(config, new SystemClock(), values.to, print)
  if (verb === 'restore') return restoreCommand(config, new SystemClock(), values.from, print)
  if (verb === 'adopt')
    return adoptCommand(config, systemAdapters(config), { site: named, code: values.code }, print)
  if (verb === 'devices') {
    const { reason, text } = values
    return devicesCommand(config, { verb: named, deviceId: device, reason, text }, print)
  }
  if (verb === 'install-reader') return installReaderCommand(config, named, print)
  if (verb === undefined) return run(config)
  process.stderr.write(`${usage}\n`)
  return 2
}

async function run(config: EdgeConfig): Promise<number> {
  const adapters = systemAdapters(config)
  const program = await startEdge(config, adapters)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await program.stop()
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
