import type { CreditView } from '@gatehouse/shared/api/credits-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { AsOf } from '../frame/as-of.tsx'
import { GiveForm, MoveForm } from './credit-forms.tsx'
import { CreditTable } from './credit-table.tsx'
import { ExposureTable } from './exposure-table.tsx'
import { creditsQuery } from './queries.ts'
import { useCreditWords } from './words/words.ts'

type Open = { readonly kind: 'give' } | { readonly kind: 'move'; readonly credit: CreditView }

/** Members' credits, where they are, what is risked, and for HQ the means to give and move them. */
export function CreditsScreen(): ReactNode {
  const t = useCreditWords()
  useDocumentTitle(`${t('title')} · Gatehouse`)
  const credits = useQuery(creditsQuery)
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
          <AsOf ms={data?.asOfMs} csvPath="/api/v1/hq/credits?format=csv" what={t('title')} />
          {data?.mayMove ? (
            <Button size="xs" onClick={() => setOpen({ kind: 'give' })}>
              {t('give')}
            </Button>
          ) : null}
        </Group>
      </div>
      <Faces
        query={credits}
        rows={6}
        isEmpty={({ items }) => items.length === 0}
        empty={<Notice title={t('empty')}>{t('emptyHint')}</Notice>}
      >
        {({ items, exposure, mayMove }) => (
          <Stack gap="lg">
            <CreditTable
              credits={items}
              onChange={mayMove ? (credit) => setOpen({ kind: 'move', credit }) : undefined}
            />
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
