import * as ids from '@gatehouse/shared/ids/ids'
import { readPresentation } from '@gatehouse/shared/passes/presentation'
import { verifyPass } from '@gatehouse/shared/passes/verify-pass'
import { err, ok } from '@gatehouse/shared/result/result'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, type CommandContext, defineCommand } from '../ledger/command.ts'
import { strikeEffect } from './commands.ts'
import { memberOfPass, type PassOptions } from './pass-command.ts'
import { releaseOf } from './passage.ts'
import { movesThrough } from './zone-places.ts'

const scannedCharsMax = 4_096
const input = z.object({
  doorId: ids.doorIdSchema,
  /** What was shown at the reader inside; nothing for the exit button. */
  shown: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.enum(['card', 'pin']),
        deviceId: ids.deviceIdSchema,
        digest: z.string().length(64),
      }),
      z.object({
        kind: z.literal('pass'),
        deviceId: ids.deviceIdSchema,
        presentation: z.string().max(scannedCharsMax),
      }),
    ])
    .optional(),
})
type Shown = NonNullable<z.infer<typeof input>['shown']>

/**
 * The exit button, or anything shown at a reader inside. Nothing denies it: neither lockdown nor interlock, and an unknown
 * card lets out as well as any. Egress is wired; this releases the strike for doors that need it, keeps the alarm quiet,
 * and notes who left where that is known. Refusal: `unknown_door`.
 */
export function requestExit(options: PassOptions): Command {
  return defineCommand({
    kind: 'requestExit',
    priority: 0,
    sells: false,
    input,
    run: (_db, { doorId, shown }, context) => {
      const door = options.directory.get('door', doorId)
      if (!door) return err({ code: 'unknown_door' })
      const strike = strikeEffect(door, doorId, context)
      const who = shown && whoseIs(options, shown, context)
      const knows = who?.credentialId !== undefined
      const body: EntryBody<'access.exit_requested'> = {
        ...{ doorId, effectId: strike.effectId, ...releaseOf(door) },
        ...who,
        ...(knows && movesThrough(door, 'out', context.at.wallMs)),
      }
      return ok({
        events: [{ type: 'access.exit_requested', body }],
        effects: [strike],
        answer: () => ({ granted: true, pulseMs: door.pulseMs }),
      })
    },
  })
}

type Who = Pick<
  EntryBody<'access.exit_requested'>,
  'deviceId' | 'credential' | 'credentialId' | 'memberId' | 'pass'
>

/** What was shown and whose it is, whether or not it would let anybody in. */
function whoseIs({ directory, passes }: PassOptions, shown: Shown, { at }: CommandContext): Who {
  const { deviceId } = shown
  if (shown.kind !== 'pass') {
    const known = directory.credentialByDigest(shown.digest)
    const of = { deviceId, credential: shown.kind }
    if (!known) return of
    return { ...of, credentialId: ids.credentialIdSchema.parse(known.key), memberId: known.body.memberId }
  }
  const read = readPresentation(shown.presentation)
  if (!read.ok || !verifyPass(read.value, { ...passes, at }).ok) return { deviceId }
  const { pass } = read.value
  const memberId = memberOfPass(pass)
  return {
    deviceId,
    credentialId: ids.credentialIdSchema.parse(pass.passId),
    ...(memberId !== undefined && { memberId }),
  }
}
