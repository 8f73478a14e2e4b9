import type { BookingStatus } from '@gatehouse/shared/api/views'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

const shapes: Readonly<Record<BookingStatus, ChipState>> = {
  held: 'held',
  pending: 'held',
  confirmed: 'yours',
  checked_in: 'yours',
  completed: 'taken',
  cancelled: 'out',
  no_show: 'out',
  displaced: 'out',
  refused: 'out',
  expired: 'stale',
}

/** The status of a booking in colour, shape and word. */
export function BookingState(props: { readonly status: BookingStatus }): ReactNode {
  const t = useWords()
  return <StateChip state={shapes[props.status]}>{t(`booking.status.${props.status}`)}</StateChip>
}
