import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { Refusal } from '../space/refusal.tsx'

/** Does something to a booking after asking once; a danger is outlined until it is confirmed here. */
export function BookingAct(props: {
  readonly booking: BookingView
  readonly timeZone: string
  /** What the API calls it: the last part of its path. */
  readonly act: 'cancel' | 'release'
  readonly danger?: boolean
  readonly title: string
  /** What it costs and what comes back. */
  readonly sentence: string
  readonly doIt: string
  readonly leaveIt: string
}): ReactNode {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { booking, act, danger = false, doIt, leaveIt } = props
  const path = `/bookings/${encodeURIComponent(booking.bookingId)}/${act}`
  const wish = useWish(bookingViewSchema, (answer) => {
    close()
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  })
  return (
    <>
      <Button
        variant={danger ? 'danger' : 'default'}
        onClick={() => setOpen(true)}
        style={danger ? { alignSelf: 'flex-start' } : undefined}
      >
        {doIt}
      </Button>
      <Modal opened={open} onClose={close} title={props.title} closeButtonProps={{ 'aria-label': leaveIt }}>
        <Stack gap="md">
          <Text>{props.sentence}</Text>
          {wish.refusal ? <Refusal problem={wish.refusal.problem} timeZone={props.timeZone} /> : null}
          <div className="gh-choices">
            <Button variant="default" onClick={close}>
              {leaveIt}
            </Button>
            <Button
              className={danger ? 'danger-confirm' : undefined}
              loading={wish.busy}
              onClick={() => wish.send({ path, body: {} })}
            >
              {doIt}
            </Button>
          </div>
        </Stack>
      </Modal>
    </>
  )
}
