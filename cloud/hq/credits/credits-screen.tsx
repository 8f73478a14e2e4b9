import type { CreditView } from '@gatehouse/shared/api/credits-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { AsOf } from '../frame/as-of.tsx'
import { CodeSelect } from '../frame/filter-fields.tsx'
import { GiveForm, MoveForm } from './credit-forms.tsx'
import { CreditTable } from './credit-table.tsx'
import { ExposureTable } from './exposure-table.tsx'
import { type CreditSearch, creditsPath, creditsQuery } from './queries.ts'
import { useCreditWords } from './words/words.ts'

const route = getRouteApi('/credits')

type Open = { readonly kind: 'give' } | { readonly kind: 'move'; readonly credit: CreditView }

function MemberFilter(props: {
  readonly members: readonly { readonly id: string; readonly name: string }[]
  readonly search: CreditSearch
  readonly onChange: (next: CreditSearch) => void
}): ReactNode {
  const t = useCreditWords()
  return (
    <div className="hq-filters">
      <CodeSelect
        label={t('member')}
        any={t('anyMember')}
        value={props.search.member}
        codes={props.members.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(member) => props.onChange({ member })}
      />
    </div>
  )
}

function Pages(props: {
  readonly next: string | undefined
  readonly search: CreditSearch
  readonly onChange: (next: CreditSearch) => void
}): ReactNode {
  const t = useCreditWords()
  const { next, search, onChange } = props
  if (search.cursor === undefined && next === undefined) return null
  return (
    <Group gap="sm">
      {search.cursor === undefined ? null : (
        <Button variant="default" size="sm" onClick={() => onChange({ member: search.member })}>
          {t('first')}
        </Button>
      )}
      {next === undefined ? null : (
        <Button variant="default" size="sm" onClick={() => onChange({ ...search, cursor: next })}>
          {t('next')}
        </Button>
      )}
    </Group>
  )
}

/** Members' credits, where they are, what is risked, and for HQ the means to give and move them. */
export function CreditsScreen(): ReactNode {
  const t = useCreditWords()
  useDocumentTitle(`${t('title')} · Gatehouse`)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const credits = useQuery({ ...creditsQuery(search), placeholderData: keepPreviousData })
  const change = (next: CreditSearch) => void navigate({ search: next, resetScroll: false })
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const { data } = credits
  const close = () => setOpen(undefined)
  const name = open?.kind === 'move' ? (open.credit.memberName ?? t('erased')) : ''
  return (
    <Stack gap="md">
      <div className="hq-head">
        <div>
          <Title order={1}>{t('title')}</Title>
          <Text c="dimmed">{t('lead')}</Text>
        </div>
        <Group gap="sm">
          <AsOf
            ms={data?.asOfMs}
            csvPath={`/api/v1${creditsPath({ member: search.member })}&format=csv`}
            what={t('title')}
          />
          {data?.mayMove ? (
            <Button size="xs" onClick={() => setOpen({ kind: 'give' })}>
              {t('give')}
            </Button>
          ) : null}
        </Group>
      </div>
      {data?.mayMove ? <MemberFilter members={data.members} search={search} onChange={change} /> : null}
      <Faces
        query={credits}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={<Notice title={t(search.member === undefined ? 'empty' : 'noMatch')}>{t('emptyHint')}</Notice>}
      >
        {({ items, exposure, mayMove }) => (
          <Stack gap="lg">
            <CreditTable
              credits={items}
              onChange={mayMove ? (credit) => setOpen({ kind: 'move', credit }) : undefined}
            />
            <Pages next={data?.nextCursor} search={search} onChange={change} />
            <ExposureTable exposure={exposure} />
          </Stack>
        )}
      </Faces>
      <Modal
        opened={open !== undefined}
        onClose={close}
        title={open?.kind === 'move' ? t('changeOf', { name }) : t('give')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {open?.kind === 'give' && data ? <GiveForm credits={data} onDone={close} /> : null}
        {open?.kind === 'move' && data ? (
          <MoveForm credit={open.credit} sites={data.sites} onDone={close} />
        ) : null}
      </Modal>
    </Stack>
  )
}
