import { LoginForm } from '@gatehouse/shared/ui/login-form.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Paper, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { forgetAnswers } from '../api/kept-answers.ts'
import { useWords } from '../words/words.ts'

/** Log-in in place of the page that was asked for; the page itself comes right after. */
export function LoginScreen(): ReactNode {
  const t = useWords()
  const ui = useUiWords()
  const client = useQueryClient()
  return (
    <Paper className="gh-card" p="lg" maw={420} mx="auto" mt="lg">
      <Stack gap="md">
        <div>
          <Title order={1}>{ui('login.title')}</Title>
          <Text c="dimmed">{t('login.lead')}</Text>
        </div>
        <LoginForm
          onDone={() => {
            forgetAnswers()
            void client.resetQueries()
          }}
        />
      </Stack>
    </Paper>
  )
}
