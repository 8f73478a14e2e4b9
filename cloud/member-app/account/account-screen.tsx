import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { LanguageSwitch, SchemeSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { logOut } from '@gatehouse/shared/ui/login.ts'
import { PasswordCard } from '@gatehouse/shared/ui/password-card.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { forgetAnswers } from '../api/kept-answers.ts'
import { meQuery } from '../api/queries.ts'
import { forgetPasses } from '../pass/device-store.ts'
import { useWords } from '../words/words.ts'
import { CreditsCard } from './credits-card.tsx'
import { PassesCard } from './passes-card.tsx'
import { PlanCard } from './plan-card.tsx'
import { VehiclesCard } from './vehicles-card.tsx'

/** Who is logged in, how the app looks and speaks, and the way out. */
export function AccountScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('account.title')} · ${t('app.name')}`)
  const ui = useUiWords()
  const client = useQueryClient()
  const me = useQuery(meQuery)
  const leave = () => {
    void Promise.all([logOut(), forgetPasses()]).finally(() => {
      client.clear()
      forgetAnswers()
      window.location.assign('/app/')
    })
  }
  return (
    <Stack gap="md" maw={640}>
      <Title order={1}>{t('account.title')}</Title>
      <Faces query={me}>
        {(person) => (
          <Paper className="gh-card" p="md">
            <Text fw={600}>{person?.displayName}</Text>
            <Text size="sm" c="dimmed">
              {person ? t(`account.role.${person.role}`) : null}
            </Text>
          </Paper>
        )}
      </Faces>
      <PlanCard />
      <CreditsCard />
      <VehiclesCard />
      <PassesCard />
      <Paper className="gh-card" p="md">
        <Stack gap="md">
          <Group justify="space-between">
            <Text>{ui('language.label')}</Text>
            <LanguageSwitch />
          </Group>
          <Group justify="space-between">
            <Text>{ui('scheme.label')}</Text>
            <SchemeSwitch />
          </Group>
        </Stack>
      </Paper>
      <PasswordCard />
      <Button variant="default" onClick={leave} style={{ alignSelf: 'flex-start' }}>
        {ui('login.out')}
      </Button>
    </Stack>
  )
}
