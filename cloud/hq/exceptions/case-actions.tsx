import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Radio, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useHqProblemWords } from '../words/problems.ts'
import { useCaseText } from './case-text.ts'
import { actOnCase, type CaseAct, caseQuery } from './queries.ts'
import type { CaseDetail } from './views.ts'
import { useCaseWords } from './words/words.ts'

const noteMax = 500

/** Why the cloud refused what was asked, in words; nothing for other failures. */
export function Refused(props: { readonly error: unknown }): ReactNode {
  const words = useHqProblemWords()
  if (!isProblem(props.error)) return null
  const { title, hint } = words(props.error.problem)
  return (
    <Notice tone="out" title={title}>
      {hint}
    </Notice>
  )
}

function Waiting(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { state, owner, may } = props.of
  if (state === 'proposed' && !may.includes('approve')) return <Text size="sm">{t('wait.second')}</Text>
  if (state !== 'taken' || owner === undefined || may.includes('propose') || may.includes('settle'))
    return null
  return <Text size="sm">{t('wait.owner', { name: text.person(owner) })}</Text>
}

/** What was done, as somebody fills it in. */
interface Wish {
  readonly fix: string
  readonly note: string
}

function Form(props: {
  readonly of: CaseDetail
  readonly says: boolean
  readonly wish: Wish
  readonly onChange: (wish: Wish) => void
}): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { wish, onChange } = props
  const { fixes, needsSecond } = props.of
  return (
    <>
      {props.says ? (
        <>
          <Radio.Group label={t('fixLabel')} value={wish.fix} onChange={(fix) => onChange({ ...wish, fix })}>
            <Stack gap="xs" mt="xs">
              {fixes.map((value) => (
                <Radio key={value} value={value} label={text.fix(value)} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm" c="dimmed">
            {t(needsSecond ? 'needsSecond' : 'noSecond')}
          </Text>
        </>
      ) : null}
      <Textarea
        label={t('note')}
        description={t('noteHint')}
        value={wish.note}
        maxLength={noteMax}
        autosize
        minRows={2}
        onChange={(event) => onChange({ ...wish, note: event.currentTarget.value })}
      />
    </>
  )
}

/** Does something with a case; afterwards the page shows what is so now, also when it was refused. */
function useCaseAct(exceptionId: number, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (said: Omit<CaseAct, 'exceptionId'>) => actOnCase({ exceptionId, ...said }),
    onSuccess: (detail) => {
      onDone()
      client.setQueryData(caseQuery(exceptionId).queryKey, detail)
    },
    onSettled: () => {
      for (const name of ['exceptions', 'overview', 'site', 'audit'])
        void client.invalidateQueries({ queryKey: [name] })
    },
  })
}

/** What the viewer may do with a case now: take it, say what was done, agree, or send it back. */
export function CaseActions(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const { exceptionId, fixes, may } = props.of
  const [wish, setWish] = useState<Wish>({ fix: fixes[0] ?? '', note: '' })
  const act = useCaseAct(exceptionId, () => setWish((before) => ({ ...before, note: '' })))
  const note = wish.note.trim()
  const noted = note === '' ? {} : { note }
  const says = may.includes('settle') ? 'settle' : may.includes('propose') ? 'propose' : undefined
  const isDoing = (verb: CaseAct['verb']) => act.isPending && act.variables.verb === verb
  const verbs = (['approve', 'reject', 'take', 'release'] as const).filter((verb) => may.includes(verb))
  return (
    <Stack gap="sm">
      <Refused error={act.error} />
      <Waiting of={props.of} />
      {says !== undefined || may.includes('reject') ? (
        <Form of={props.of} says={says !== undefined} wish={wish} onChange={setWish} />
      ) : null}
      <Group gap="sm">
        {says === undefined ? null : (
          <Button
            loading={isDoing('propose')}
            onClick={() => act.mutate({ verb: 'propose', fix: wish.fix, ...noted })}
          >
            {t(`do.${says}`)}
          </Button>
        )}
        {verbs.map((verb) => (
          <Button
            key={verb}
            variant={verb === 'approve' ? 'filled' : 'default'}
            loading={isDoing(verb)}
            onClick={() => act.mutate({ verb, ...(verb === 'reject' && noted) })}
          >
            {t(`do.${verb}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  )
}
