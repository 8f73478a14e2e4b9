import type { Problem } from '@gatehouse/shared/api/problem'
import { IconId, IconUser } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useAction } from '../../action/use-action.ts'
import { BigChoice } from '../../choice/big-choice.tsx'
import { ActionButton } from '../../frame/action-button.tsx'
import { StepFrame } from '../../frame/step-frame.tsx'
import { Keyboard, TypedText } from '../../keyboard/keyboard.tsx'
import { type Identity, identify } from '../../site/kiosk-api.ts'
import { useIdentified } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

const nameLengthMax = 60
const pinLengthMin = 4
const pinLengthMax = 8

/** Third step: a member, or a visitor. */
export function WhoStep(props: {
  readonly onAsk: (who: 'member' | 'guest') => void
  readonly onBack: () => void
}): ReactNode {
  const t = useWords()
  return (
    <StepFrame title={t('book.whoTitle')} onBack={props.onBack}>
      <BigChoice
        ways={[
          {
            label: t('book.member'),
            hint: t('book.memberHint'),
            Icon: IconId,
            onPress: () => props.onAsk('member'),
          },
          {
            label: t('book.guest'),
            hint: t('book.guestHint'),
            Icon: IconUser,
            onPress: () => props.onAsk('guest'),
          },
        ]}
      />
    </StepFrame>
  )
}

/** A member holds a card to the kiosk's reader or types the PIN; `onKnown` gets a token good for two minutes. */
export function MemberStep(props: {
  readonly onKnown: (who: Identity) => void
  readonly onBack: () => void
  readonly busy?: boolean
  readonly problem?: Problem | undefined
  readonly children?: ReactNode
}): ReactNode {
  const t = useWords()
  const [pin, setPin] = useState('')
  const ask = useAction(identify, props.onKnown)
  useIdentified(props.onKnown)
  const ready = pin.length >= pinLengthMin
  const submit = () => {
    if (!ready) return
    ask.start({ pin })
    setPin('')
  }
  return (
    <StepFrame
      title={t('book.memberTitle')}
      lead={t('book.cardHint')}
      problem={ask.problem ?? props.problem}
      onBack={props.onBack}
      primary={
        <ActionButton
          tone="primary"
          unavailable={!ready}
          busy={ask.busy || props.busy === true}
          onPress={submit}
        >
          {t('continue')}
        </ActionButton>
      }
    >
      {props.children}
      <TypedText
        secret
        label={t('book.pin')}
        value={pin}
        lengthMax={pinLengthMax}
        onChange={setPin}
        onSubmit={submit}
      />
      <Keyboard kind="digits" value={pin} lengthMax={pinLengthMax} onChange={setPin} />
    </StepFrame>
  )
}

/** A visitor types a name. */
export function GuestStep(props: {
  readonly onNamed: (guestName: string) => void
  readonly onBack: () => void
  readonly busy: boolean
  readonly problem: Problem | undefined
  readonly children?: ReactNode
}): ReactNode {
  const t = useWords()
  const [name, setName] = useState('')
  const ready = name.trim().length >= 2
  const submit = () => {
    if (ready && !props.busy) props.onNamed(name.trim())
  }
  return (
    <StepFrame
      title={t('book.guestTitle')}
      lead={t('book.nameHint')}
      problem={props.problem}
      onBack={props.onBack}
      primary={
        <ActionButton tone="primary" unavailable={!ready} busy={props.busy} onPress={submit}>
          {t('book.hold')}
        </ActionButton>
      }
    >
      {props.children}
      <TypedText
        label={t('book.name')}
        value={name}
        lengthMax={nameLengthMax}
        onChange={setName}
        onSubmit={submit}
      />
      <Keyboard kind="text" value={name} lengthMax={nameLengthMax} onChange={setName} />
    </StepFrame>
  )
}
