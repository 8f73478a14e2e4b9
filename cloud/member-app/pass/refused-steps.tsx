import { List, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

/** What to do when a door refuses the pass; `children` says whom to ask in the end. */
export function RefusedSteps(props: { readonly children: ReactNode }): ReactNode {
  const t = useWords()
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t('pass.refusedTitle')}
      </Title>
      <List size="sm" spacing={4}>
        <List.Item>{t('pass.refusedNext')}</List.Item>
        <List.Item>{t('pass.refusedPicture')}</List.Item>
        <List.Item>{t('pass.refusedTime')}</List.Item>
        <List.Item>{props.children}</List.Item>
      </List>
    </section>
  )
}
