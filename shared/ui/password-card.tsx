import { Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { isProblem, type ProblemError } from './api.ts'
import { Notice } from './faces.tsx'
import { changePassword } from './login.ts'
import { useProblemWords } from './problem-words.ts'
import { useUiWords } from './words.ts'

/** The field that a refusal speaks of; every other one is said below the fields. */
const fieldOf: Readonly<Record<string, 'current' | 'new'>> = {
  wrong_password: 'current',
  password_too_short: 'new',
  password_too_long: 'new',
  password_unchanged: 'new',
}

function PasswordForm(props: { readonly onDone: () => void; readonly onCancel: () => void }): ReactNode {
  const t = useUiWords()
  const words = useProblemWords()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<ProblemError>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setRefused(undefined)
    changePassword(String(form.get('current') ?? ''), String(form.get('new') ?? ''))
      .then(props.onDone, (error: unknown) => {
        if (isProblem(error)) setRefused(error)
      })
      .finally(() => setBusy(false))
  }
  const text = refused ? words(refused.problem) : undefined
  const field = refused ? fieldOf[refused.problem.code] : undefined
  const said = text ? `${text.title} ${text.hint}` : undefined
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <PasswordInput
          name="current"
          label={t('password.current')}
          autoComplete="current-password"
          error={field === 'current' ? said : undefined}
          required
          autoFocus
        />
        <PasswordInput
          name="new"
          label={t('password.new')}
          description={t('password.rule')}
          autoComplete="new-password"
          error={field === 'new' ? said : undefined}
          required
        />
        {text && field === undefined ? (
          <Notice tone="out" title={text.title}>
            {text.hint}
          </Notice>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('password.others')}
        </Text>
        <div className="gh-choices">
          <Button variant="default" onClick={props.onCancel}>
            {t('password.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('password.submit')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}

/** Where somebody changes their own password: the way in, the form, and that it is done. */
export function PasswordCard(): ReactNode {
  const t = useUiWords()
  const [face, setFace] = useState<'closed' | 'open' | 'done'>('closed')
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h3">
            {t('login.password')}
          </Title>
          {face === 'open' ? null : (
            <Button variant="default" onClick={() => setFace('open')}>
              {t('password.change')}
            </Button>
          )}
        </Group>
        {face === 'open' ? (
          <PasswordForm onDone={() => setFace('done')} onCancel={() => setFace('closed')} />
        ) : null}
        {face === 'done' ? <Text role="status">{t('password.done')}</Text> : null}
      </Stack>
    </Paper>
  )
}
