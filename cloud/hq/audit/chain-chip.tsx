import type { AuditSummary } from '@gatehouse/shared/api/audit-view'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAuditWords } from './words/words.ts'

/** Whether the chain of acts is intact, in colour, shape and word, with its length and end. */
export function ChainChip(props: {
  readonly chain: AuditSummary['chain'] | undefined
  /** Nothing could be asked: the chip must not promise an answer. */
  readonly failed: boolean
}): ReactNode {
  const t = useAuditWords()
  const { chain, failed } = props
  if (chain === undefined) {
    return <StateChip state="stale">{t(failed ? 'chain.unknown' : 'chain.checking')}</StateChip>
  }
  const isIntact = chain.state === 'intact'
  return (
    <Group gap="sm">
      <StateChip state={isIntact ? 'free' : 'out'}>
        {isIntact ? t('chain.intact') : t('chain.broken', { seq: chain.brokenAtSeq ?? 0 })}
      </StateChip>
      <Text size="sm" c="dimmed" component="span" className="hq-mono">
        {t('chain.length', { count: chain.acts, hash: `${chain.headHash.slice(0, 12)}…` })}
      </Text>
    </Group>
  )
}

/** What to do about a broken chain; nothing while it is intact. */
export function ChainNotice(props: { readonly chain: AuditSummary['chain'] | undefined }): ReactNode {
  const t = useAuditWords()
  if (props.chain?.state !== 'broken') return null
  const seq = props.chain.brokenAtSeq ?? 0
  return (
    <Notice tone="out" title={t('chain.broken', { seq })}>
      {t('chain.brokenHint', { seq })}
    </Notice>
  )
}
