import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { PasswordCard } from '@gatehouse/shared/ui/password-card.tsx'
import { Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { meQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

/** Who is logged in at HQ, as what, and where they change their password. */
export function AccountScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('account.title')} · ${t('app.name')}`)
  const me = useQuery(meQuery)
  return (
    <Stack gap="md" maw={640}>
      <Title order={1}>{t('account.title')}</Title>
      <Faces query={me} rows={1}>
        {(person) => (
          <Paper className="gh-card" p="md">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {person?.displayName}
            </Text>
            <Text size="sm" c="dimmed">
              {person ? t(`account.role.${person.role}`) : null}
            </Text>
          </Paper>
        )}
      </Faces>
      <PasswordCard />
      {me.data?.role === 'site_manager' ? <PasswordCard kind="sitePassword" /> : null}
    </Stack>
  )
}
