import { decidePassage, type PassageRefusal } from '@gatehouse/shared/access/decide-passage'
import type { DoorId, MemberId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { EntryBody, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { CommandContext } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { othersSecured } from './door-neighbours.ts'
import { incident } from './door-reports.ts'
import { fireAt } from './fires.ts'
import { waitingAt } from './second-members.ts'
import { movesThrough, personOf, placeOf } from './zone-places.ts'

/** Who wants in at which door, with the right to. */
export interface PassageAsked {
  readonly doorId: DoorId
  readonly door: DirectoryBody<'door'>
  readonly timeZone: string
  readonly memberId: MemberId | undefined
  /** Of a guest, who is no member. */
  readonly passId: string | undefined
}

/** What the entry of a grant says of the passage, and what is to be recorded with it. */
export interface GrantedPassage {
  readonly said: Pick<EntryBody<'access.granted'>, 'moves' | 'pulseMs' | 'withMemberId' | 'violation'>
  readonly events: readonly LedgerEvent[]
}

/** Why not, and who waits for a second member from now on. */
export interface RefusedPassage {
  readonly reason: PassageRefusal
  readonly said: Pick<EntryBody<'access.refused'>, 'memberId' | 'waitsUntilMs'>
}

/** Decides whether somebody with the right to enter passes the door now. */
export function passageAt(
  directory: DirectoryReader,
  db: SiteDatabase,
  asked: PassageAsked,
  context: CommandContext,
): Result<GrantedPassage, RefusedPassage> {
  const { doorId, door, timeZone, memberId, passId } = asked
  const { wallMs: atMs, quality } = context.at
  const { interlock, twoPersonMs, zoneId } = door
  const person = personOf(memberId, passId)
  const decided = decidePassage({
    ...{ atMs, clockTrusted: quality === 'trusted', timeZone, door, memberId },
    antiPassback: zoneId && directory.get('zone', zoneId)?.antiPassback,
    place: person && placeOf(db, person),
    othersSecured:
      interlock === undefined ||
      fireAt(db, door) ||
      othersSecured(directory, db, { doorId, interlock, atMs }),
    waiting: twoPersonMs === undefined ? undefined : waitingAt(db, doorId),
  })
  if (!decided.ok) {
    const waits =
      decided.error === 'second_member_wanted' && memberId !== undefined && twoPersonMs !== undefined
    const said = waits ? { memberId, waitsUntilMs: atMs + twoPersonMs } : {}
    return err({ reason: decided.error, said })
  }
  const { violation } = decided.value
  const events = violation ? [incident(context, violation, `${doorId}/${memberId ?? passId}`)] : []
  return ok({ said: { ...movesThrough(door, 'in', atMs), ...releaseOf(door), ...decided.value }, events })
}

/** How long the lock is released, for the other doors of its interlock. */
export function releaseOf({ interlock, pulseMs }: DirectoryBody<'door'>): { pulseMs?: number } {
  return interlock === undefined ? {} : { pulseMs }
}
