import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IconArrowBigUp, IconBackspace } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import css from './keyboard.module.css'
import { type Key, type KeyboardKind, keyboardRows, pressKey, startsWord } from './layout.ts'

/** The text typed so far, shown large; a real keyboard or scanner may type into it, too. */
export function TypedText(props: {
  readonly label: string
  readonly value: string
  readonly lengthMax: number
  readonly onChange: (value: string) => void
  readonly onSubmit: () => void
  readonly capitals?: boolean
  readonly secret?: boolean
}): ReactNode {
  const { capitals = false, secret = false } = props
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onSubmit()
      }}
    >
      <label className={css.field}>
        <span className={css.label}>{props.label}</span>
        <input
          className={css.input}
          value={props.value}
          type={secret ? 'password' : 'text'}
          inputMode="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          maxLength={props.lengthMax}
          // biome-ignore lint/a11y/noAutofocus: the step has one field, and a scanner types into it.
          autoFocus
          data-capitals={capitals || undefined}
          onChange={(event) =>
            props.onChange(capitals ? event.target.value.toUpperCase() : event.target.value)
          }
        />
      </label>
    </form>
  )
}

/** An on-screen keyboard in the layout of the language; it edits `value` and tells `onChange`. */
export function Keyboard(props: {
  readonly kind: KeyboardKind
  readonly value: string
  readonly lengthMax: number
  readonly onChange: (value: string) => void
}): ReactNode {
  const { kind, value, lengthMax, onChange } = props
  const { language } = useLanguage()
  const t = useWords()
  const [shiftHeld, setShiftHeld] = useState(false)
  const shifted = kind === 'text' && (shiftHeld || startsWord(value))
  const press = (key: Key) => {
    if (key.kind === 'shift') setShiftHeld(!shiftHeld)
    else {
      onChange(pressKey(value, key, lengthMax))
      setShiftHeld(false)
    }
  }
  return (
    <fieldset className={css.keyboard} data-kind={kind} aria-label={t('keyboard.label')}>
      {keyboardRows(kind, language, shifted).map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed layout have no other name.
        <div className={css.row} key={index}>
          {row.map((key) => (
            <KeyButton
              key={key.kind === 'character' ? key.character : key.kind}
              {...{ shifted, press }}
              is={key}
            />
          ))}
        </div>
      ))}
    </fieldset>
  )
}

function KeyButton(props: {
  readonly is: Key
  readonly shifted: boolean
  readonly press: (key: Key) => void
}): ReactNode {
  const t = useWords()
  const { is, shifted, press } = props
  const label = is.kind === 'character' ? undefined : t(`keyboard.${is.kind}`)
  return (
    <button
      type="button"
      className={css.key}
      style={{ flexGrow: is.span, flexBasis: `calc(${is.span} * var(--key-size))` }}
      aria-label={label}
      aria-pressed={is.kind === 'shift' ? shifted : undefined}
      onClick={() => press(is)}
    >
      {keyFace(is, t('keyboard.space'))}
    </button>
  )
}

function keyFace(key: Key, spaceWord: string): ReactNode {
  switch (key.kind) {
    case 'character':
      return key.character
    case 'space':
      return spaceWord
    case 'shift':
      return <IconArrowBigUp size={28} aria-hidden />
    case 'erase':
      return <IconBackspace size={28} aria-hidden />
  }
}
