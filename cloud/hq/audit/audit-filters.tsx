import type { AuditSummary } from '@gatehouse/shared/api/audit-view'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useActText } from './act-text.ts'
import type { AuditSearch } from './queries.ts'
import { namedActs, namedWord, useAuditWords } from './words/words.ts'

/** Whether anything but the place in the list is chosen. */
export function isFiltered({ act, by, site, from, to }: AuditSearch): boolean {
  return [act, by, site, from, to].some((chosen) => chosen !== undefined)
}

/** What is known, and what the address names although it is not known. */
function optionsOf(known: readonly { id: string; name?: string | undefined }[], chosen: string | undefined) {
  const options = known.map(({ id, name }) => ({ value: id, label: name ?? id }))
  const isKnown = chosen === undefined || known.some(({ id }) => id === chosen)
  return isKnown ? options : [...options, { value: chosen, label: chosen }]
}

/** Act, actor, site and days; every change begins again with the newest acts. */
export function AuditFilters(props: {
  readonly search: AuditSearch
  readonly summary: AuditSummary | undefined
  readonly onChange: (next: AuditSearch) => void
}): ReactNode {
  const t = useAuditWords()
  const text = useActText()
  const { search, summary } = props
  const change = (next: Partial<AuditSearch>) => props.onChange({ ...search, before: undefined, ...next })
  const all = { value: '', label: t('filter.all') }
  const acts = optionsOf(
    namedActs.map((id) => ({ id, name: text.act(id) })),
    search.act,
  )
  const actors = (summary?.actors ?? []).map(({ id, name }) => {
    const word = id === 'cloud' ? namedWord('actor', 'cloud') : undefined
    return { id, name: word === undefined ? name : t(word) }
  })
  return (
    <div className="hq-filters">
      <NativeSelect
        size="sm"
        label={t('filter.act')}
        value={search.act ?? ''}
        data={[all, ...acts]}
        onChange={(event) => change({ act: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        size="sm"
        label={t('filter.actor')}
        value={search.by ?? ''}
        data={[all, ...optionsOf(actors, search.by)]}
        onChange={(event) => change({ by: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        size="sm"
        label={t('filter.site')}
        value={search.site ?? ''}
        data={[all, ...optionsOf(summary?.sites ?? [], search.site)]}
        onChange={(event) => change({ site: event.currentTarget.value || undefined })}
      />
      <div className="hq-filter-days">
        <TextInput
          type="date"
          size="sm"
          label={t('filter.from')}
          value={search.from ?? ''}
          onChange={(event) => change({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          size="sm"
          label={t('filter.to')}
          value={search.to ?? ''}
          onChange={(event) => change({ to: event.currentTarget.value || undefined })}
        />
      </div>
      {isFiltered(search) ? (
        <Button variant="default" size="sm" onClick={() => props.onChange({})}>
          {t('filter.clear')}
        </Button>
      ) : null}
    </div>
  )
}
