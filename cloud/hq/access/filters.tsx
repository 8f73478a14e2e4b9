import type { AccessPage } from '@gatehouse/shared/api/access-view'
import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { ClearFilters, CodeSelect, DayFields } from '../frame/filter-fields.tsx'
import { useWords } from '../words/words.ts'

interface PlaceFilter {
  readonly site?: string | undefined
  readonly door?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Site, door and days, which both pages have; `children` are the page's own filters. */
export function PlaceFilters(props: {
  readonly filter: PlaceFilter
  readonly choices: AccessPage['choices'] | undefined
  readonly filtered: boolean
  readonly onChange: (next: PlaceFilter) => void
  readonly onClear: () => void
  readonly children: ReactNode
}): ReactNode {
  const t = useWords()
  const { filter, choices, onChange } = props
  return (
    <div className="hq-filters">
      <CodeSelect
        label={t('access.site')}
        any={t('access.allSites')}
        value={filter.site}
        codes={(choices?.sites ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }))}
        onChange={(site) => onChange({ site, door: undefined })}
      />
      <CodeSelect
        label={t('access.door')}
        any={filter.site === undefined ? t('access.chooseSite') : t('access.allDoors')}
        value={filter.door}
        disabled={filter.site === undefined && filter.door === undefined}
        codes={(choices?.places ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(door) => onChange({ door })}
      />
      {props.children}
      <DayFields from={filter.from} to={filter.to} onChange={onChange} />
      <ClearFilters filtered={props.filtered} onClear={props.onClear} />
    </div>
  )
}

/** Older and newest rows; the place lives in the address. */
export function Pages(props: {
  readonly cursor: string | undefined
  readonly next: string | undefined
  readonly onMove: (cursor: string | undefined) => void
}): ReactNode {
  const t = useWords()
  return (
    <Group gap="sm">
      {props.cursor === undefined ? null : (
        <Button variant="default" size="sm" onClick={() => props.onMove(undefined)}>
          {t('access.newest')}
        </Button>
      )}
      {props.next === undefined ? null : (
        <Button variant="default" size="sm" onClick={() => props.onMove(props.next)}>
          {t('access.older')}
        </Button>
      )}
    </Group>
  )
}
