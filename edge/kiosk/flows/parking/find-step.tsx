import type { SessionView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type ReactNode, useState } from 'react'
import { useAction } from '../../action/use-action.ts'
import { Segments } from '../../choice/segments.tsx'
import { ActionButton } from '../../frame/action-button.tsx'
import { useLeave } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { Keyboard, TypedText } from '../../keyboard/keyboard.tsx'
import { useScanned } from '../../scanner/scanner.tsx'
import { findSessions, findStayOfPaper, readLostTicketPrice } from '../../site/kiosk-api.ts'
import { useWords } from '../../words/words.ts'
import css from './parking.module.css'
import type { Search } from './parking-flow.ts'

const textLengthMin = 2
const textLengthMax = 16

const bodyOf = ({ by, text }: Search) => (by === 'ticket' ? { ticket: text } : { plate: text })

type TypedSearch = Search & { readonly by: Exclude<Search['by'], 'paper'> }

/** What was scanned is not typed anew: who comes back begins with an empty field. */
function typedPart({ by, text }: Search): TypedSearch {
  return by === 'paper' ? { by: 'plate', text: '' } : { by, text }
}

const leads = { plate: 'parking.plateHint', ticket: 'parking.ticketHint', lost: 'parking.lostHint' } as const

/** Who has no ticket and is not found sees what that costs. */
async function searchStays(input: Search, key: string): Promise<Answer> {
  if (input.by === 'paper') return { found: [await findStayOfPaper(input.text, key)] }
  const found = await findSessions(bodyOf(input), key)
  return input.by === 'lost' && found.length === 0 ? { found, price: await readLostTicketPrice() } : { found }
}

interface Answer {
  readonly found: readonly SessionView[]
  readonly price?: Price
}

/** First step: type the plate or the ticket. */
export function FindStep(props: {
  readonly search: Search
  readonly onFound: (search: Search, found: readonly SessionView[]) => void
  readonly onNobody: (search: Search, price: Price) => void
}): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const [search, setSearch] = useState(typedPart(props.search))
  const [missing, setMissing] = useState(false)
  const find = useAction(searchStays, ({ found, price }, input: Search) => {
    if (price !== undefined) return props.onNobody(input, price)
    setMissing(found.length === 0)
    props.onFound(input, found)
  })
  useScanned('paper', (text) => {
    setMissing(false)
    find.start({ by: 'paper', text })
  })
  const change = (next: TypedSearch) => {
    setSearch(next)
    setMissing(false)
    find.clear()
  }
  const ready = search.text.trim().length >= textLengthMin
  const submit = () => {
    if (ready && !find.busy) find.start({ ...search, text: search.text.trim() })
  }
  const { by } = search
  const lost = by === 'lost'
  const text = {
    value: search.text,
    lengthMax: textLengthMax,
    onChange: (value: string) => change({ ...search, text: value }),
  }
  return (
    <StepFrame
      title={t(lost ? 'parking.lostTitle' : 'parking.title')}
      // What was not found and why takes its place: the keyboard stays whole on a low screen.
      lead={missing || find.problem ? undefined : t(leads[by])}
      problem={find.problem}
      onBack={lost ? () => change({ by: 'plate', text: '' }) : leave}
      primary={
        <ActionButton tone="primary" unavailable={!ready} busy={find.busy} onPress={submit}>
          {t('parking.find')}
        </ActionButton>
      }
    >
      {lost ? null : <Means by={by} onChange={(next) => change({ by: next, text: '' })} />}
      {missing ? (
        <Notice tone="held" title={t('parking.notFound', { text: search.text })}>
          {t('parking.notFoundHint')}
        </Notice>
      ) : null}
      <TypedText
        capitals
        key={by}
        label={t(by === 'ticket' ? 'parking.byTicket' : 'parking.byPlate')}
        onSubmit={submit}
        {...text}
      />
      <Keyboard kind={by === 'ticket' ? 'code' : 'plate'} {...text} />
    </StepFrame>
  )
}

/** By plate, by ticket, or without one. */
function Means(props: {
  readonly by: TypedSearch['by']
  readonly onChange: (by: TypedSearch['by']) => void
}): ReactNode {
  const t = useWords()
  return (
    <div className={css.means}>
      <Segments
        value={props.by}
        onChange={(by) => props.onChange(by === 'ticket' ? 'ticket' : 'plate')}
        data={[
          { value: 'plate', label: t('parking.byPlate') },
          { value: 'ticket', label: t('parking.byTicket') },
        ]}
      />
      <ActionButton onPress={() => props.onChange('lost')}>{t('parking.lost')}</ActionButton>
    </div>
  )
}
