import type { AuditSummary } from '@gatehouse/shared/api/audit-view'
import type { ReactNode } from 'react'
import { ClearFilters, CodeSelect, DayFields } from '../frame/filter-fields.tsx'
import { useActText } from './act-text.ts'
import type { AuditSearch } from './queries.ts'
import { namedActs, namedWord, useAuditWords } from './words/words.ts'

/** Whether anything but the place in the list is chosen. */
export function isFiltered({ act, by, site, from, to }: AuditSearch): boolean {
  return [act, by, site, from, to].some((chosen) => chosen !== undefined)
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
  const any = t('filter.all')
  const acts = namedActs.map((value) => ({ value, label: text.act(value) }))
  const actors = (summary?.actors ?? []).map(({ id, name }) => {
    const word = id === 'cloud' ? namedWord('actor', 'cloud') : undefined
    return { value: id, label: word === undefined ? (name ?? id) : t(word) }
  })
  const sites = (summary?.sites ?? []).map(({ id, name }) => ({ value: id, label: name ?? id }))
  return (
    <div className="hq-filters">
      <CodeSelect
        label={t('filter.act')}
        any={any}
        value={search.act}
        codes={acts}
        onChange={(act) => change({ act })}
      />
      <CodeSelect
        label={t('filter.actor')}
        any={any}
        value={search.by}
        codes={actors}
        onChange={(by) => change({ by })}
      />
      <CodeSelect
        label={t('filter.site')}
        any={any}
        value={search.site}
        codes={sites}
        onChange={(site) => change({ site })}
      />
      <DayFields from={search.from} to={search.to} onChange={change} />
      <ClearFilters filtered={isFiltered(search)} onClear={() => props.onChange({})} />
    </div>
  )
}
