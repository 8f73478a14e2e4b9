import { Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { isProblem, type ProblemError } from './api.ts'
import { Notice } from './faces.tsx'
import { changePassword, setSitePassword } from './login.ts'
import { useProblemWords } from './problem-words.ts'
import { useUiWords } from './words.ts'

/** The field that a refusal speaks of; every other one is said below the fields. */
const fieldOf: Readonly<Record<string, 'current' | 'new'>> = {
  wrong_password: 'current',
  password_too_short: 'new',
  password_too_long: 'new',
  password_unchanged: 'new',
}

/** The password of the log-in here, or the one for the sites that somebody runs. */
type PasswordKind = 'password' | 'sitePassword'
const saves = { password: changePassword, sitePassword: setSitePassword } as const

function PasswordForm(props: {
  readonly kind: PasswordKind
  readonly onDone: () => void
  readonly onCancel: () => void
}): ReactNode {
  const t = useUiWords()
  const words = useProblemWords()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<ProblemError>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setRefused(undefined)
    saves[props.kind](String(form.get('current') ?? ''), String(form.get('new') ?? ''))
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
          label={t(`${props.kind}.new`)}
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
          {t(`${props.kind}.others`)}
        </Text>
        <div className="gh-choices">
          <Button variant="default" onClick={props.onCancel}>
            {t('password.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(`${props.kind}.submit`)}
          </Button>
        </div>
      </Stack>
    </form>
  )
}

/** Where somebody changes their own password: the way in, the form, and that it is done. */
export function PasswordCard(props: { readonly kind?: PasswordKind }): ReactNode {
  const t = useUiWords()
  const kind = props.kind ?? 'password'
  const [face, setFace] = useState<'closed' | 'open' | 'done'>('closed')
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h3">
            {t(`${kind}.title`)}
          </Title>
          {face === 'open' ? null : (
            <Button variant="default" onClick={() => setFace('open')}>
              {t(`${kind}.change`)}
            </Button>
          )}
        </Group>
        {face === 'open' ? (
          <PasswordForm kind={kind} onDone={() => setFace('done')} onCancel={() => setFace('closed')} />
        ) : null}
        {face === 'done' ? <Text role="status">{t(`${kind}.done`)}</Text> : null}
      </Stack>
    </Paper>
  )
}
