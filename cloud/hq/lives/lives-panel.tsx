import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { type ChipState, StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { type LifeProps, LostEntries } from './lost-entries.tsx'
import { chooseRecovery, type Life, type Lives, livesQuery } from './queries.ts'
import { ReplaceBox } from './replace-box.tsx'
import { lifeWord, useLifeWords } from './words/words.ts'

/** Shape of each state beside its words: state is never told by colour alone. */
const shapes: Readonly<Record<NonNullable<Life['state']> | 'none', ChipState>> = {
  in_step: 'free',
  edge_ahead: 'held',
  cloud_ahead: 'out',
  history_gone: 'out',
  fork: 'out',
  older_life: 'taken',
  none: 'stale',
}

function Choice({ siteId, life, mayDecide }: LifeProps): ReactNode {
  const t = useLifeWords()
  const client = useQueryClient()
  const why = life.why === null ? undefined : lifeWord('why', life.why)
  const choose = useMutation({
    mutationFn: (decision: 'allow' | 'refuse') => chooseRecovery(siteId, life.incarnation, decision),
    onSettled: () => client.invalidateQueries({ queryKey: ['site', siteId] }),
  })
  return (
    <Notice tone="held" title={t('recovery.waiting')}>
      <Text size="sm">
        {why ? t(why) : null} {t('allowHint')}
      </Text>
      <Refused error={choose.error} />
      {mayDecide ? (
        <Group gap="sm" mt="xs">
          <Button size="sm" loading={choose.isPending} onClick={() => choose.mutate('allow')}>
            {t('allow')}
          </Button>
          <Button
            size="sm"
            variant="default"
            disabled={choose.isPending}
            onClick={() => choose.mutate('refuse')}
          >
            {t('refuse')}
          </Button>
        </Group>
      ) : null}
    </Notice>
  )
}

function LifeRow(props: LifeProps): ReactNode {
  const t = useLifeWords()
  const { life, timeZone } = props
  const { incarnation, machine, origin, state, sinceMs, recovery } = life
  return (
    <Stack gap={4} component="li">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden style={{ flex: 'none', marginTop: 3 }}>
          <StateShape state={shapes[state ?? 'none']} />
        </svg>
        <Text size="sm">
          <b>{t('life', { incarnation })}</b> · {t(`state.${state ?? 'none'}`)}
          {sinceMs === null ? null : (
            <>
              {' · '}
              {t('since')} <TimeText ms={sinceMs} timeZone={timeZone} style="dateTime" />
            </>
          )}
        </Text>
      </Group>
      <Text size="sm" c="dimmed" pl={28} style={{ overflowWrap: 'anywhere' }}>
        {t(`origin.${origin}`)} · {machine} ·{' '}
        <TimeText ms={life.enrolledMs} timeZone={timeZone} style="dateTime" />
        {recovery === null || recovery === 'waiting' ? null : ` · ${t(`recovery.${recovery}`)}`}
      </Text>
      {recovery === 'waiting' ? <Choice {...props} /> : null}
      <LostEntries {...props} />
    </Stack>
  )
}

/** Rows of the directory that the box did not take: forged or replayed ones, and ones from a later release. */
function DirectoryTrouble(props: { readonly of: Lives['directory'] }): ReactNode {
  const t = useLifeWords()
  const { refused, refusedRows, unreadable } = props.of
  return (
    <>
      {refused === 0 ? null : (
        <Notice tone="out" title={t('refusedRows', { count: refused })}>
          {refusedRows.length === 0
            ? t('refusedRows.right')
            : refusedRows.map(({ row, code }) => `${row} (${codeWord(t, code)})`).join(', ')}
        </Notice>
      )}
      {unreadable.length === 0 ? null : (
        <Notice tone="held" title={t('unreadableRows', { count: unreadable.length })}>
          {unreadable.join(', ')}
        </Notice>
      )}
    </>
  )
}

const codes = ['wrong_digest', 'older_position', 'unreadable'] as const

function codeWord(t: ReturnType<typeof useLifeWords>, code: string): string {
  const known = codes.find((one) => one === code)
  return known === undefined ? code : t(`refusedCode.${known}`)
}

function Epoch(props: { readonly of: Lives['epoch']; readonly timeZone: string }): ReactNode {
  const t = useLifeWords()
  const { epoch, reason, beganMs } = props.of
  const why = reason === null ? undefined : lifeWord('reason', reason)
  return (
    <Text size="sm" c="dimmed">
      {t('epoch', { epoch })}
      {why ? ` · ${t(why)}` : null}
      {beganMs === null ? null : (
        <>
          {' · '}
          <TimeText ms={beganMs} timeZone={props.timeZone} style="dateTime" />
        </>
      )}
    </Text>
  )
}

/** The boxes of a site: which is in use, which is fenced, which waits for somebody; and how to replace one. */
export function LivesPanel(props: { readonly siteId: string; readonly timeZone: string }): ReactNode {
  const t = useLifeWords()
  const { siteId, timeZone } = props
  const lives = useQuery(livesQuery(siteId))
  const [isReplacing, setReplacing] = useState(false)
  return (
    <Stack gap="sm" component="section" aria-label={t('title')}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t('title')}
        </Title>
        {lives.data?.mayDecide ? (
          <Button variant="default" size="sm" onClick={() => setReplacing(true)}>
            {t('replace')}
          </Button>
        ) : null}
      </Group>
      <Faces query={lives} rows={2} empty={<Text size="sm">{t('state.none')}</Text>}>
        {({ lives: items, epoch, directory, mayDecide }) => (
          <>
            <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
              {items.map((life) => (
                <LifeRow
                  key={life.incarnation}
                  siteId={siteId}
                  life={life}
                  timeZone={timeZone}
                  mayDecide={mayDecide}
                />
              ))}
            </Stack>
            <DirectoryTrouble of={directory} />
            <Epoch of={epoch} timeZone={timeZone} />
          </>
        )}
      </Faces>
      <ReplaceBox
        siteId={siteId}
        timeZone={timeZone}
        opened={isReplacing}
        onClose={() => setReplacing(false)}
      />
    </Stack>
  )
}
