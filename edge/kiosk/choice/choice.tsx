import type { ReactNode } from 'react'
import css from './choice.module.css'

export interface Option<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
  readonly icon?: ReactNode
}

/** One of several, as tiles; arrow keys move between them. `width` in pixels is the least width of a tile. */
export function Choice<Value extends string>(props: {
  readonly label: string
  readonly options: readonly Option<Value>[]
  readonly value: Value | undefined
  readonly onChange: (value: Value) => void
  readonly width?: number
}): ReactNode {
  const { options, value } = props
  const focused = options.some((option) => option.value === value) ? value : options[0]?.value
  const move = (event: React.KeyboardEvent, index: number) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const next = step === undefined ? undefined : options.at((index + step) % options.length)
    if (next === undefined) return
    event.preventDefault()
    props.onChange(next.value)
    const group = event.currentTarget.parentElement
    group?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus()
  }
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{props.label}</legend>
      <div
        className={css.options}
        role="radiogroup"
        aria-label={props.label}
        style={{ ['--choice-width' as string]: `${props.width ?? 220}px` }}
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useSemanticElements: a tile of two lines; a radio input cannot hold them.
          <button
            key={option.value}
            type="button"
            role="radio"
            className={css.option}
            data-value={option.value}
            aria-checked={option.value === value}
            tabIndex={option.value === focused ? 0 : -1}
            onClick={() => props.onChange(option.value)}
            onKeyDown={(event) => move(event, index)}
          >
            {option.icon}
            <span>
              {option.label}
              {option.hint === undefined ? null : <small>{option.hint}</small>}
            </span>
          </button>
        ))}
      </div>
    </fieldset>
  )
}
