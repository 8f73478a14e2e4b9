import type { CreditsView, CreditView } from '@gatehouse/shared/api/credits-view'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { Button, Checkbox, NativeSelect, NumberInput, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { actOnCredits, type CreditAct } from './queries.ts'
import { useCreditWords } from './words/words.ts'

const dayMs = 24 * 3_600_000
const amountMax = 10_000_000
const daysMax = 3_650
const verbs = ['move', 'ask-back', 'overdraft'] as const

/** Minor units in one of a currency, by its exponent (ISO 4217 as the browser knows it). */
function minorPer(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return 10 ** maximumFractionDigits
}

function useCreditAct(onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (act: CreditAct) => actOnCredits(act),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['credits'] })
      onDone()
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['audit'] }),
  })
}

function Amount(props: {
  readonly currency: string
  readonly value: number
  readonly min: number
  readonly onChange: (value: number) => void
}): ReactNode {
  const t = useCreditWords()
  return (
    <NumberInput
      label={t('amount', { currency: props.currency })}
      value={props.value}
      min={props.min}
      max={amountMax}
      decimalScale={Math.round(Math.log10(minorPer(props.currency)))}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : 0)}
    />
  )
}

function send(event: FormEvent, act: () => void): void {
  event.preventDefault()
  act()
}

/** Moves a member's credits to a site, asks them back, or sets the limit of the site's overdraft. */
export function MoveForm(props: {
  readonly credit: CreditView
  readonly sites: CreditsView['sites']
  readonly onDone: () => void
}): ReactNode {
  const t = useCreditWords()
  const { credit, sites, onDone } = props
  const { bucketId, currency } = credit
  const [verb, setVerb] = useState<(typeof verbs)[number]>('move')
  const [siteId, setSiteId] = useState(sites[0]?.id ?? '')
  const [amount, setAmount] = useState(0)
  const act = useCreditAct(onDone)
  const minor = Math.round(amount * minorPer(currency))
  const wish: CreditAct =
    verb === 'overdraft'
      ? { verb, bucketId, siteId, overdraftMinor: minor }
      : { verb, bucketId, siteId, amountMinor: minor }
  return (
    <form onSubmit={(event) => send(event, () => act.mutate(wish))}>
      <Stack gap="sm">
        <Refused error={act.error} />
        <NativeSelect
          label={t('what')}
          value={verb}
          data={verbs.map((value) => ({ value, label: t(`verb.${value}`) }))}
          onChange={({ currentTarget }) =>
            setVerb(verbs.find((one) => one === currentTarget.value) ?? 'move')
          }
        />
        <NativeSelect
          label={t('site')}
          value={siteId}
          data={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setSiteId(event.currentTarget.value)}
        />
        <Amount
          currency={currency}
          value={amount}
          min={verb === 'overdraft' ? 0 : 1 / minorPer(currency)}
          onChange={setAmount}
        />
        <Button type="submit" loading={act.isPending}>
          {t('do')}
        </Button>
      </Stack>
    </form>
  )
}

/** Gives a member credits. */
export function GiveForm(props: { readonly credits: CreditsView; readonly onDone: () => void }): ReactNode {
  const t = useCreditWords()
  const { members, sites } = props.credits
  const [memberId, setMemberId] = useState(members[0]?.id ?? '')
  const [amount, setAmount] = useState(50)
  const [days, setDays] = useState(90)
  const [promotional, setPromotional] = useState(false)
  const now = useServerNowMs(60_000)
  const act = useCreditAct(props.onDone)
  const { operatorId = '', currency = 'EUR' } = sites[0] ?? {}
  const give = () => {
    const amountMinor = Math.round(amount * minorPer(currency))
    const reason = promotional ? 'gift' : 'purchase'
    const facts = { memberId, operatorId, currency, amountMinor, promotional, reason } as const
    act.mutate({ verb: 'fund', gift: { ...facts, fromMs: now, expiresMs: now + days * dayMs } })
  }
  return (
    <form onSubmit={(event) => send(event, give)}>
      <Stack gap="sm">
        <Refused error={act.error} />
        <NativeSelect
          label={t('member')}
          value={memberId}
          data={members.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setMemberId(event.currentTarget.value)}
        />
        <Amount currency={currency} value={amount} min={1 / minorPer(currency)} onChange={setAmount} />
        <NumberInput
          label={t('days')}
          value={days}
          min={1}
          max={daysMax}
          allowDecimal={false}
          onChange={(value) => setDays(typeof value === 'number' ? value : 1)}
        />
        <Checkbox
          label={t('isGift')}
          checked={promotional}
          onChange={(event) => setPromotional(event.currentTarget.checked)}
        />
        <Button type="submit" loading={act.isPending}>
          {t('give')}
        </Button>
      </Stack>
    </form>
  )
}
