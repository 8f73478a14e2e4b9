import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ProblemNotice } from './vehicle-form.tsx'

/** Does what cannot be undone after saying what it means; what was refused stands in the dialog. */
export function DangerAct(props: {
  /** The button's words, and the same with what it is about, for who cannot see where it stands. */
  readonly doIt: string
  readonly doItNamed: string
  readonly title: string
  readonly hint: string
  readonly leaveIt: string
  readonly run: () => Promise<unknown>
  /** What is another one afterwards. */
  readonly changes: QueryKey
}): ReactNode {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { doIt, leaveIt, run, changes } = props
  const act = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: changes })
      close()
    },
  })
  return (
    <>
      <Button
        variant="danger"
        aria-label={props.doItNamed}
        onClick={() => setOpen(true)}
        style={{ flex: 'none' }}
      >
        {doIt}
      </Button>
      <Modal opened={open} onClose={close} title={props.title} closeButtonProps={{ 'aria-label': leaveIt }}>
        <Stack gap="md">
          <Text>{props.hint}</Text>
          <ProblemNotice error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {leaveIt}
            </Button>
            <Button className="danger-confirm" loading={act.isPending} onClick={() => act.mutate()}>
              {doIt}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
