import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

/** One choice among codes; the empty one means any. */
export function CodeSelect(props: {
  readonly label: string
  readonly any: string
  readonly value: string | undefined
  readonly codes: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
  readonly disabled?: boolean
}): ReactNode {
  const { value, codes } = props
  const known = value === undefined || codes.some((code) => code.value === value)
  return (
    <NativeSelect
      size="sm"
      label={props.label}
      value={value ?? ''}
      disabled={props.disabled ?? false}
      data={[
        { value: '', label: props.any },
        ...codes,
        ...(known || value === undefined ? [] : [{ value, label: value }]),
      ]}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    />
  )
}

/** First and last day of what is listed, both included, and the way back to everything. */
export function DayFields(props: {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly onChange: (days: { from?: string | undefined; to?: string | undefined }) => void
}): ReactNode {
  const t = useWords()
  return (
    <div className="hq-filter-days">
      <TextInput
        size="sm"
        type="date"
        label={t('filters.from')}
        value={props.from ?? ''}
        onChange={(event) => props.onChange({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        size="sm"
        type="date"
        label={t('filters.to')}
        value={props.to ?? ''}
        onChange={(event) => props.onChange({ to: event.currentTarget.value || undefined })}
      />
    </div>
  )
}

/** Takes back every choice; there only while something is chosen. */
export function ClearFilters(props: { readonly filtered: boolean; readonly onClear: () => void }): ReactNode {
  const t = useWords()
  if (!props.filtered) return null
  return (
    <Button variant="default" size="sm" onClick={props.onClear}>
      {t('filters.clear')}
    </Button>
  )
}
