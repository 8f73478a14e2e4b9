import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useHqProblemWords } from '../words/problems.ts'
import { useWords } from '../words/words.ts'
import { commandDoors, type RemoteAct } from './queries.ts'

export interface RemoteButtonProps {
  readonly siteId: string
  readonly act: RemoteAct
  readonly label: string
  /** What a screen reader says; the label where absent. */
  readonly name?: string
  /** Said when it is done; nothing where the page shows it anyway. */
  readonly doneText?: string
  /** Asked before, where there is something to think about. */
  readonly ask?: { readonly title: string; readonly hint: string }
  /** Takes something from people: outlined, and red where it is confirmed. */
  readonly danger?: boolean
  readonly disabled?: boolean
}

/** A button that asks a site's doors for something and says what became of it. */
export function RemoteButton(props: RemoteButtonProps): ReactNode {
  const t = useWords()
  const problemWords = useHqProblemWords()
  const client = useQueryClient()
  const [asking, asked] = useDisclosure(false)
  const { siteId, act, label, ask, danger = false } = props
  const command = useMutation({
    mutationFn: () => commandDoors(siteId, act),
    onSettled: () => {
      for (const name of ['doors', 'site', 'access', 'incidents', 'audit'])
        void client.invalidateQueries({ queryKey: [name] })
    },
  })
  const go = () => {
    asked.close()
    command.mutate()
  }
  const refused = isProblem(command.error) ? problemWords(command.error.problem) : undefined
  const said = command.data === 'pending' ? t('doors.pending') : command.data && props.doneText
  return (
    <Group gap="sm">
      <Button
        size="sm"
        variant={danger ? 'danger' : 'default'}
        disabled={props.disabled ?? false}
        loading={command.isPending}
        aria-label={props.name ?? label}
        onClick={ask === undefined ? go : asked.open}
      >
        {label}
      </Button>
      <Text span size="sm" role="status" c={refused ? 'var(--gh-out)' : 'dimmed'}>
        {refused ? `${refused.title} ${refused.hint}` : said}
      </Text>
      {ask === undefined ? null : (
        <Modal opened={asking} onClose={asked.close} title={ask.title} centered>
          <Stack>
            <Text>{ask.hint}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={asked.close}>
                {t('doors.cancel')}
              </Button>
              <Button {...(danger ? { className: 'danger-confirm' } : {})} onClick={go} data-autofocus>
                {label}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </Group>
  )
}
