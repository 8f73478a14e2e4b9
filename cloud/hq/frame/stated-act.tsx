import { statedReason } from '@gatehouse/shared/api/stated-reason'
import { Button, Checkbox, Stack, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { useWords } from '../words/words.ts'

/** An act that somebody answers for by name: only with a reason of the length the cloud asks for, and what they accept ticked. */
export function StatedAct(props: {
  readonly verb: string
  readonly reasonLabel: string
  /** What is accepted with it. */
  readonly statement: string
  readonly variant?: 'default'
  readonly act: (reason: string) => Promise<unknown>
  /** First parts of the keys of what is read again afterwards, also after a refusal. */
  readonly refreshes: readonly string[]
}): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const { verb, variant } = props
  const [reason, setReason] = useState('')
  const [isStated, setStated] = useState(false)
  const act = useMutation({
    mutationFn: () => props.act(reason.trim()),
    onSettled: () => {
      for (const name of props.refreshes) void client.invalidateQueries({ queryKey: [name] })
    },
  })
  const isReady = isStated && reason.trim().length >= statedReason.charactersMin
  return (
    <Stack gap="sm" component="section" aria-label={verb}>
      <Refused error={act.error} />
      <Textarea
        label={props.reasonLabel}
        description={t('stated.reasonHint', { count: statedReason.charactersMin })}
        value={reason}
        maxLength={statedReason.charactersMax}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Checkbox
        label={props.statement}
        checked={isStated}
        onChange={(event) => setStated(event.currentTarget.checked)}
      />
      <div>
        <Button
          {...(variant && { variant })}
          disabled={!isReady}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          {verb}
        </Button>
      </div>
    </Stack>
  )
}
