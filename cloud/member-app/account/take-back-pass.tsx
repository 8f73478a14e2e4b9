import type { MyPass } from '@gatehouse/shared/api/pass-view'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import { passesQuery, takeBack } from './passes.ts'
import { ProblemNotice } from './vehicle-form.tsx'

/** Takes a pass back after saying what that means; `title` says which one. */
export function TakeBackPass(props: { readonly pass: MyPass; readonly title: string }): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const { pass, title } = props
  const act = useMutation({
    mutationFn: () => takeBack(pass),
    onSuccess: () => client.invalidateQueries({ queryKey: passesQuery.queryKey }),
  })
  return (
    <>
      <Button
        variant="danger"
        aria-label={t('passes.takeBackNamed', { title })}
        onClick={() => setOpen(true)}
        style={{ flex: 'none' }}
      >
        {t('passes.takeBack')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('passes.takeBackTitle', { title })}
        closeButtonProps={{ 'aria-label': t('passes.keep') }}
      >
        <Stack gap="md">
          <Text>{t('passes.takeBackHint')}</Text>
          <ProblemNotice error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t('passes.keep')}
            </Button>
            <Button className="danger-confirm" loading={act.isPending} onClick={() => act.mutate()}>
              {t('passes.takeBack')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
