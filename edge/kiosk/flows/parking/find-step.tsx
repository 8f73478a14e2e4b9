import type { SessionView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { SegmentedControl } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { useLeave } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { Keyboard, TypedText } from '../../keyboard/keyboard.tsx'
import { findSessions } from '../../site/kiosk-api.ts'
import { useWords } from '../../words/words.ts'
import type { Search } from './parking-flow.ts'

const textLengthMin = 2
const textLengthMax = 16

const bodyOf = ({ by, text }: Search) => (by === 'plate' ? { plate: text } : { ticket: text })

/** First step: type the plate or the ticket. */
export function FindStep(props: {
  readonly search: Search
  readonly onFound: (search: Search, found: readonly SessionView[]) => void
}): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const [search, setSearch] = useState(props.search)
  const [missing, setMissing] = useState(false)
  const find = useAction(
    (input: Search, key) => findSessions(bodyOf(input), key),
    (found, input) => {
      setMissing(found.length === 0)
      props.onFound(input, found)
    },
  )
  const change = (next: Search) => {
    setSearch(next)
    setMissing(false)
    find.clear()
  }
  const ready = search.text.trim().length >= textLengthMin
  const submit = () => {
    if (ready && !find.busy) find.start({ ...search, text: search.text.trim() })
  }
  const plate = search.by === 'plate'
  const text = {
    value: search.text,
    lengthMax: textLengthMax,
    onChange: (value: string) => change({ ...search, text: value }),
  }
  return (
    <StepFrame
      title={t('parking.title')}
      lead={t(plate ? 'parking.plateHint' : 'parking.ticketHint')}
      problem={find.problem}
      onBack={leave}
      primary={
        <ActionButton tone="primary" unavailable={!ready} busy={find.busy} onPress={submit}>
          {t('parking.find')}
        </ActionButton>
      }
    >
      <SegmentedControl
        size="lg"
        radius="md"
        value={search.by}
        onChange={(by) => change({ by: by === 'ticket' ? 'ticket' : 'plate', text: '' })}
        data={[
          { value: 'plate', label: t('parking.byPlate') },
          { value: 'ticket', label: t('parking.byTicket') },
        ]}
      />
      {missing ? (
        <Notice tone="held" title={t('parking.notFound', { text: search.text })}>
          {t('parking.notFoundHint')}
        </Notice>
      ) : null}
      <TypedText
        capitals
        key={search.by}
        label={t(plate ? 'parking.byPlate' : 'parking.byTicket')}
        onSubmit={submit}
        {...text}
      />
      <Keyboard kind={plate ? 'plate' : 'code'} {...text} />
    </StepFrame>
  )
}
