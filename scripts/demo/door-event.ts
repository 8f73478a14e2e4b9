import type { PanelDoor } from './panel-contract.ts'
import type { DoorAlarm, SiteReadings } from './site-watch.ts'
import { demoMembers } from './world/people.ts'

type Told = SiteReadings['doors'][number]['last']
type DoorEvent = NonNullable<PanelDoor['lastEvent']>

const memberNames = new Map(demoMembers.map(({ memberId, displayName }) => [memberId, displayName]))
const toldKinds: readonly DoorEvent['kind'][] = ['granted', 'refused', 'exit']

/** What happened last at a door: the card or button that the edge tells of, or a later alarm; of equals the alarm. */
export function lastDoorEvent(told: Told, alarm: DoorAlarm | undefined): DoorEvent | undefined {
  if (alarm !== undefined && alarm.atMs >= (told?.atMs ?? 0)) return alarm
  const kind = toldKinds.find((known) => known === told?.kind)
  if (told === undefined || kind === undefined) return undefined
  const { atMs, memberId, reason } = told
  const who = memberId === undefined ? undefined : memberNames.get(memberId)
  return { kind, atMs, ...(who === undefined ? {} : { who }), ...(reason === undefined ? {} : { reason }) }
}
