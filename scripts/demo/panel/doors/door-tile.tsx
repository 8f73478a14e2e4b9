import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { type ChipState, StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import { token } from '@gatehouse/shared/ui/tokens.ts'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelActionInput, PanelDoor } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import { useReasonWords } from '../words/reasons.ts'
import { useWords } from '../words/words.ts'
import { DoorPicture } from './door-picture.tsx'
import css from './doors.module.css'
import { PinButton } from './pin-button.tsx'

/** The person at the readers: somebody of the demo world, or a stranger. */
export interface Visitor {
  readonly name: string
  readonly card: string
  readonly pin: string
  /** The member whose phone it is; absent for who has none. */
  readonly phoneOf: string | undefined
}

const shapes: Record<PanelDoor['state'], ChipState> = {
  locked: 'taken',
  unlocked: 'free',
  open: 'free',
  held_open: 'held',
  forced: 'out',
  unknown: 'stale',
}

/** One door with its picture, what last happened there, and what can be done to it. */
export function DoorTile(props: {
  readonly siteId: string
  readonly door: PanelDoor
  readonly visitor: Visitor
}): ReactNode {
  const { siteId, door, visitor } = props
  const { act } = usePanel()
  const t = useWords()
  const now = useServerNowMs(1_000)
  const at = { siteId, doorId: door.doorId }
  const alarm = door.state === 'forced' || door.state === 'held_open'
  return (
    <article
      className={css.tile}
      data-door={door.doorId}
      data-alarm={alarm || undefined}
      aria-label={door.name}
    >
      <DoorPicture door={door} nowMs={now} />
      <div style={{ minWidth: 0 }}>
        <h4 className={css.name} title={door.name}>
          {door.name}
        </h4>
        <span className={css.state} style={{ color: token(shapes[door.state]) }} data-state={door.state}>
          <StateShape state={shapes[door.state]} />
          {t(`door.${door.state}`)}
        </span>
      </div>
      <LastEvent door={door} />
      <div className={css.buttons}>
        <Button
          size="xs"
          flex={1}
          variant="default"
          onClick={() => act({ kind: 'tapCard', ...at, card: visitor.card })}
        >
          {t('doors.tap')}
        </Button>
        <PinButton visitor={visitor} onType={(pin) => void act({ kind: 'typePin', ...at, pin })} />
        <MoreAtDoor door={door} onAct={(kind) => void act({ kind, ...at })}>
          {door.readsCodes ? <ShowPass at={at} visitor={visitor} /> : null}
        </MoreAtDoor>
      </div>
    </article>
  )
}

function LastEvent(props: { readonly door: PanelDoor }): ReactNode {
  const t = useWords()
  const reasonWords = useReasonWords()
  const event = props.door.lastEvent
  if (event === undefined) return <div className={css.event} />
  const words = [
    t(`event.${event.kind}`),
    event.reason === undefined ? event.who : reasonWords(event.reason),
  ].filter(Boolean)
  return (
    <div className={css.event} data-kind={event.kind} title={words.join(' · ')}>
      {words.join(' · ')} · <RelativeTime ms={event.atMs} />
    </div>
  )
}

type DoorAct = Extract<PanelActionInput['kind'], 'pressExit' | 'forceDoor' | 'holdDoor' | 'closeDoor'>

/** The phone before the reader; only who can log in has one. */
function ShowPass(props: {
  readonly at: { readonly siteId: string; readonly doorId: string }
  readonly visitor: Visitor
}): ReactNode {
  const { act } = usePanel()
  const t = useWords()
  const memberId = props.visitor.phoneOf
  if (memberId === undefined) return <Menu.Item disabled>{t('doors.noPhone')}</Menu.Item>
  return (
    <Menu.Item onClick={() => void act({ kind: 'showPass', ...props.at, memberId })}>
      {t('doors.showPass', { name: props.visitor.name })}
    </Menu.Item>
  )
}

function MoreAtDoor(props: {
  readonly door: PanelDoor
  readonly onAct: (kind: DoorAct) => void
  readonly children: ReactNode
}): ReactNode {
  const t = useWords()
  const acts: readonly (readonly [DoorAct, 'exit' | 'hold' | 'close' | 'force'])[] = [
    ['pressExit', 'exit'],
    ['holdDoor', 'hold'],
    ['closeDoor', 'close'],
    ['forceDoor', 'force'],
  ]
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size={30} variant="default" aria-label={t('doors.more', { name: props.door.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {props.children}
        {acts.map(([kind, word]) => (
          <Menu.Item
            key={kind}
            onClick={() => props.onAct(kind)}
            c={word === 'force' ? token('out') : token('ink')}
          >
            {t(`doors.${word}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
