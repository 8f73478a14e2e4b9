import {
  allocations,
  type SiteSettings,
  type SiteSettingsView,
} from '@gatehouse/shared/api/site-settings-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { bayClassSchema, siteStatusSchema, spaceKindSchema } from '@gatehouse/shared/wire/v1/directory'
import {
  Anchor,
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { headingName } from '../api/queries.ts'
import { Refused } from '../exceptions/case-actions.tsx'
import { useWords } from '../words/words.ts'
import { isWithin, lendingOf, type PoolFields, poolFields } from './pools.ts'
import { changeSettings, settingsQuery } from './queries.ts'
import { useSettingsWords } from './words/words.ts'
import './settings-screen.css'

const route = getRouteApi('/sites/$siteId/settings')
const statuses = siteStatusSchema.options
const numbers = {
  share: { min: 0, max: 100 },
  least: { min: 0, max: 100 },
  most: { min: 0, max: 100 },
  window: { min: 1, max: 24 * 31 },
  lead: { min: 0, max: 24 * 366 },
  cutOff: { min: 0, max: 24 * 31 },
  step: { min: 0, max: 50 },
} as const
/** One width for both choices: all of a phone. */
const fieldWidth = { base: '100%', sm: 360 } as const
type NumberField = keyof typeof numbers
const numberFields = Object.keys(numbers) as NumberField[]

function PoolRow(props: {
  readonly pool: PoolFields
  readonly disabled: boolean
  readonly onChange: (pool: PoolFields) => void
}): ReactNode {
  const t = useSettingsWords()
  const { locale } = useLanguage()
  const { pool, disabled, onChange } = props
  const known = spaceKindSchema.safeParse(pool.kind).data
  const kind = known === undefined ? pool.kind : t(`kind.${known}`)
  const size = bayClassSchema.safeParse(pool.bayClass).data
  const name =
    pool.bayClass === undefined ? kind : `${kind}: ${size === undefined ? pool.bayClass : t(`class.${size}`)}`
  const error = isWithin(pool) ? undefined : t('bounds')
  return (
    <fieldset className="hq-pool gh-card" disabled={disabled}>
      <legend>{t('lends', { name, count: pool.spaces })}</legend>
      <Group gap="sm" align="flex-start">
        {numberFields.map((field) => (
          <NumberInput
            key={field}
            w={144}
            size="sm"
            label={t(field)}
            value={pool[field]}
            {...numbers[field]}
            decimalSeparator={locale.startsWith('de') ? ',' : '.'}
            {...(field === 'share' && error !== undefined ? { error } : {})}
            onChange={(value) =>
              onChange({ ...pool, [field]: typeof value === 'number' ? value : numbers[field].min })
            }
          />
        ))}
      </Group>
    </fieldset>
  )
}

/** What each pool lends, and the spaces that are never lent. */
function LentPools(props: {
  readonly pools: readonly PoolFields[]
  readonly never: readonly string[]
  readonly spaces: SiteSettingsView['spaces']
  readonly mayChange: boolean
  readonly onPools: (pools: PoolFields[]) => void
  readonly onNever: (never: string[]) => void
}): ReactNode {
  const t = useSettingsWords()
  const { pools, never, mayChange } = props
  return (
    <>
      <div>
        <Title order={2} size="h4">
          {t('lending')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('lendingHint')}
        </Text>
      </div>
      {pools.map((pool, at) => (
        <PoolRow
          key={pool.poolId}
          pool={pool}
          disabled={!mayChange}
          onChange={(changed) => props.onPools(pools.with(at, changed))}
        />
      ))}
      <MultiSelect
        searchable
        label={t('never')}
        description={t('neverHint')}
        disabled={!mayChange}
        value={[...never]}
        data={props.spaces.map(({ spaceId, name }) => ({ value: spaceId, label: name }))}
        onChange={props.onNever}
      />
    </>
  )
}

/** Outlives the form: after a refusal the form begins anew with what somebody else has changed, and must say why. */
function useChange(siteId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: { readonly rev: number; readonly settings: SiteSettings }) =>
      changeSettings(siteId, wanted.rev, wanted.settings),
    onSuccess: (now) => client.setQueryData(settingsQuery(siteId).queryKey, now),
    onSettled: () => {
      for (const name of ['settings', 'site', 'authority', 'audit'])
        void client.invalidateQueries({ queryKey: [name] })
    },
  })
}

function SettingsForm(props: {
  readonly view: SiteSettingsView
  readonly change: ReturnType<typeof useChange>
}): ReactNode {
  const t = useSettingsWords()
  const { view, change } = props
  const { rev, settings, mayChange } = view
  const [status, setStatus] = useState(settings.status)
  const [allocation, setAllocation] = useState(settings.allocation)
  const [pools, setPools] = useState(() => poolFields(view))
  const [never, setNever] = useState<readonly string[]>(settings.lending.never ?? [])
  const save = () =>
    change.mutate({ rev, settings: { status, allocation, lending: lendingOf(pools, never) } })
  return (
    <Stack gap="md" component="section" aria-label={t('title', { name: view.name })}>
      {mayChange ? null : <Notice title={t('readOnly')} />}
      <Group gap="md" align="flex-start">
        <NativeSelect
          w={fieldWidth}
          label={t('status')}
          value={status}
          disabled={!mayChange}
          data={statuses.map((value) => ({ value, label: t(`status.${value}`) }))}
          onChange={({ currentTarget: { value } }) =>
            setStatus(statuses.find((one) => one === value) ?? status)
          }
        />
        {view.pools.some(({ kind }) => kind === 'bay') ? (
          <NativeSelect
            w={fieldWidth}
            label={t('allocation')}
            value={allocation}
            disabled={!mayChange}
            data={allocations.map((value) => ({ value, label: t(`allocation.${value}`) }))}
            onChange={({ currentTarget: { value } }) =>
              setAllocation(allocations.find((one) => one === value) ?? allocation)
            }
          />
        ) : null}
      </Group>
      <LentPools
        {...{ pools, never, mayChange }}
        spaces={view.spaces}
        onPools={setPools}
        onNever={setNever}
      />
      <Refused error={change.error} />
      {mayChange ? (
        <Group gap="sm">
          <Button disabled={!pools.every(isWithin)} loading={change.isPending} onClick={save}>
            {t('save')}
          </Button>
          <Text size="sm" role="status">
            {change.data?.rev === rev ? t('saved') : null}
          </Text>
        </Group>
      ) : null}
    </Stack>
  )
}

/** Whether a site is in business, how it gives bays, and what it lends to the cloud. */
export function SettingsScreen(): ReactNode {
  const hq = useWords()
  const t = useSettingsWords()
  const { siteId } = route.useParams()
  const change = useChange(siteId)
  const settings = useQuery({ ...settingsQuery(siteId), refetchOnWindowFocus: false })
  const title = t('title', { name: headingName(settings, siteId) })
  useDocumentTitle(`${title} · ${hq('app.name')}`)
  return (
    <Stack gap="md">
      <Anchor size="sm" renderRoot={(anchor) => <Link to="/sites/$siteId" params={{ siteId }} {...anchor} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('back')}
      </Anchor>
      <Title order={1}>{title}</Title>
      <Faces query={settings} rows={4}>
        {(view) => <SettingsForm key={view.rev} {...{ view, change }} />}
      </Faces>
    </Stack>
  )
}
