import type { IncidentRow } from '@gatehouse/shared/api/access-view'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { codeWords } from '../access/code-words.ts'
import { acknowledgeIncident } from '../access/queries.ts'
import { useHqProblemWords } from '../words/problems.ts'
import { useWords } from '../words/words.ts'

/** Says that the viewer sees to an incident which only a person ends; who was first, stays. */
export function Acknowledge(props: { readonly row: IncidentRow }): ReactNode {
  const t = useWords()
  const problemWords = useHqProblemWords()
  const client = useQueryClient()
  const { row } = props
  const act = useMutation({
    mutationFn: () => acknowledgeIncident(row),
    onSettled: () => {
      for (const name of ['incidents', 'overview', 'site', 'audit'])
        void client.invalidateQueries({ queryKey: [name] })
    },
  })
  const refused = isProblem(act.error) ? problemWords(act.error.problem) : undefined
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={act.isPending}
        aria-label={t('incident.acknowledgeOf', {
          what: codeWords(t, 'incident.kind', row.kind),
          place: row.placeName ?? row.siteName,
        })}
        onClick={() => act.mutate()}
      >
        {t('incident.acknowledge')}
      </Button>
      {refused === undefined ? null : (
        <Text size="sm" c="var(--gh-out)" role="alert">
          {refused.title} {refused.hint}
        </Text>
      )}
    </>
  )
}
