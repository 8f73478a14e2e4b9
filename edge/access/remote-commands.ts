import { remoteRefusal } from '@gatehouse/shared/access/remote-command'
import { type RequestId, requestIdSchema } from '@gatehouse/shared/ids/ids'
import { assertNever, ok, type Result } from '@gatehouse/shared/result/result'
import { type RemoteCommand, remoteCommandSchema } from '@gatehouse/shared/wire/v1/remote-commands'
import type { z } from 'zod'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { type AccessOptions, strikeEffect } from './commands.ts'
import { othersSecured } from './door-neighbours.ts'
import { fireAt } from './fires.ts'
import { lockdownSince } from './lockdown.ts'
import { releaseOf } from './passage.ts'

// The trace names the call that asked, not what was asked: it is no part of the command.
const input = remoteCommandSchema
  .omit({ traceId: true, askedMs: true })
  .extend({ requestId: requestIdSchema })
type Input = z.infer<typeof input>
/** The command that carries out each act. */
const commandOf = {
  unlockDoor: 'unlockFromAfar',
  startLockdown: 'lockdownFromAfar',
  endLockdown: 'lockdownFromAfar',
  forgivePassback: 'forgiveFromAfar',
} as const satisfies Record<RemoteCommand['act']['kind'], string>
type Decided = Result<Decision<{ readonly outcome: string }>, Refusal>

/** Commands from afar: each is answered by an entry that names its row, and its receipt consumes it for good. */
export function remoteCommands(options: Pick<AccessOptions, 'directory'>): Command[] {
  const run = (db: SiteDatabase, command: Input, context: CommandContext) =>
    carryOut(options, db, command, context)
  return [
    defineCommand({ kind: 'unlockFromAfar', priority: 1, sells: false, input, run }),
    // A lockdown is about people's safety: nothing goes before it.
    defineCommand({ kind: 'lockdownFromAfar', priority: 0, sells: false, input, run }),
    defineCommand({ kind: 'forgiveFromAfar', priority: 2, sells: false, input, run }),
  ]
}

function carryOut(
  { directory }: Pick<AccessOptions, 'directory'>,
  db: SiteDatabase,
  { act, requestId, by, ...stamp }: Input,
  context: CommandContext,
): Decided {
  const late = remoteRefusal(stamp, context.at)
  if (late) return refused(requestId, late)
  switch (act.kind) {
    case 'unlockDoor': {
      const { doorId } = act
      const door = directory.get('door', doorId)
      if (!door) return refused(requestId, 'unknown_door')
      const fire = fireAt(db, door)
      if (!fire && lockdownSince(db) !== undefined) return refused(requestId, 'lockdown')
      const { interlock } = door
      const isFree =
        fire ||
        interlock === undefined ||
        othersSecured(directory, db, { doorId, interlock, atMs: context.at.wallMs })
      if (!isFree) return refused(requestId, 'interlock')
      const strike = strikeEffect(door, doorId, context)
      const body = { requestId, by, doorId, effectId: strike.effectId, ...releaseOf(door) }
      return done([{ type: 'door.unlocked', body }], [strike])
    }
    case 'startLockdown':
      return done([{ type: 'lockdown.started', body: { requestId, by } }])
    case 'endLockdown':
      return done([{ type: 'lockdown.ended', body: { requestId, by } }])
    case 'forgivePassback': {
      const { memberId } = act
      return done([{ type: 'passback.forgiven', body: { requestId, by, ...(memberId && { memberId }) } }])
    }
    default:
      return assertNever(act)
  }
}

function done(events: Decision<unknown>['events'], effects: Decision<unknown>['effects'] = []): Decided {
  return ok({ events, effects, answer: () => ({ outcome: 'done' }) })
}

function refused(requestId: RequestId, code: string): Decided {
  return ok({
    events: [{ type: 'request.refused', body: { requestId, code } }],
    answer: () => ({ outcome: code }),
  })
}

export interface RemoteRunnerOptions {
  readonly kernel: Pick<Kernel, 'submit'>
  readonly directory: DirectoryReader
  /** Gets each outcome (`done` or the code of the refusal), for the log. */
  readonly onDecided: (decided: {
    readonly requestId: string
    readonly act: RemoteCommand['act']['kind']
    readonly traceId: string | undefined
    readonly outcome: string
  }) => void
}

/**
 * Carries out what the directory brings from afar, as it comes, and once at the start: what came while the edge was
 * down is answered then, and refused, because it quotes another boot. Returns a function that stops it.
 */
export function runRemoteCommands({ kernel, directory, onDecided }: RemoteRunnerOptions): () => void {
  const run = async (key: string, { traceId, askedMs: _, ...command }: RemoteCommand) => {
    const outcome = await kernel.submit({
      kind: commandOf[command.act.kind],
      caller: 'cloud',
      key,
      input: { ...command, requestId: key },
    })
    const answer = outcome.ok ? (outcome.value as { outcome: string }).outcome : outcome.refusal.code
    onDecided({ requestId: key, act: command.act.kind, traceId, outcome: answer })
  }
  const runKeys = (keys: Iterable<string>) => {
    for (const key of keys) {
      const command = directory.get('remote_command', key)
      if (command) void run(key, command)
    }
  }
  runKeys(directory.all('remote_command').keys())
  return directory.onChange((changes) => {
    runKeys(changes.filter(({ kind }) => kind === 'remote_command').map(({ key }) => key))
  })
}
