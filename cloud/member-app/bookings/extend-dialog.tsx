import { type BookingView, bookingViewSchema, type ExtensionsView } from '@gatehouse/shared/api/views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { usePriceText } from '@gatehouse/shared/ui/money.tsx'
import { Button, Modal, Radio, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { extensionsQuery } from '../api/queries.ts'
import { useWish } from '../api/wish.ts'
import { PriceLines } from '../space/price-lines.tsx'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'

type Offer = ExtensionsView['items'][number]

const minuteMs = 60_000

function Offers(props: {
  readonly view: ExtensionsView
  readonly chosen: Offer
  readonly timeZone: string
  readonly onChoose: (toMs: number) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const priceText = usePriceText()
  const { view, chosen } = props
  const labelOf = ({ toMs, longest }: Offer) => {
    const time = formatTime(toMs, locale, 'time', props.timeZone)
    const count = Math.round((toMs - view.toMs) / minuteMs)
    return longest ? t('extend.longest', { time }) : t('extend.more', { count, time })
  }
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('extend.choose')}
        value={String(chosen.toMs)}
        onChange={(value) => props.onChoose(Number(value))}
      >
        <Stack gap="sm" mt="sm">
          {view.items.map((offer) => (
            <Radio
              key={offer.toMs}
              value={String(offer.toMs)}
              label={labelOf(offer)}
              description={priceText(offer.price)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <PriceLines price={chosen.price} />
    </Stack>
  )
}

function Choosing(props: {
  readonly booking: BookingView
  readonly timeZone: string
  readonly onClose: () => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const client = useQueryClient()
  const { booking, timeZone, onClose } = props
  const offers = useQuery(extensionsQuery(booking.bookingId))
  const [wished, setWished] = useState<number>()
  const extend = useWish(bookingViewSchema, (answer) => {
    onClose()
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  })
  const items = offers.data?.items ?? []
  const chosen = items.find(({ toMs }) => toMs === wished) ?? items[0]
  const amount = chosen ? formatMoney(chosen.price.totalMinor, chosen.price.currency, locale) : ''
  const choose = (toMs: number) => {
    extend.forget()
    setWished(toMs)
  }
  return (
    <Stack gap="md">
      <Faces query={offers} rows={3}>
        {(view) =>
          chosen ? (
            <Offers {...{ view, chosen, timeZone }} onChoose={choose} />
          ) : (
            <Notice title={t('extend.none')}>{t('extend.noneHint')}</Notice>
          )
        }
      </Faces>
      {extend.refusal ? (
        <Refusal
          problem={extend.refusal.problem}
          timeZone={timeZone}
          onAlternative={() => void offers.refetch()}
        />
      ) : null}
      <div className="gh-choices">
        <Button variant="default" onClick={onClose}>
          {t('extend.close')}
        </Button>
        {chosen ? (
          <Button
            loading={extend.busy}
            onClick={() =>
              extend.send({
                path: `/bookings/${encodeURIComponent(booking.bookingId)}/extend`,
                body: { toMs: chosen.toMs },
              })
            }
          >
            {chosen.price.totalMinor === 0 ? t('extend.free') : t('extend.hold', { amount })}
          </Button>
        ) : null}
      </div>
    </Stack>
  )
}

/** Chooses a later end with its price; what is to pay is held for five minutes and paid on the booking's own page. */
export function ExtendBooking(props: {
  readonly booking: BookingView
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('extend.do')}
      </Button>
      <Modal
        opened={open}
        onClose={close}
        title={t('extend.title')}
        closeButtonProps={{ 'aria-label': t('extend.close') }}
      >
        <Choosing {...props} onClose={close} />
      </Modal>
    </>
  )
}
