import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { isProblem, type ProblemError } from './api.ts'
import { Notice } from './faces.tsx'
import { logIn } from './login.ts'
import { useProblemWords } from './problem-words.ts'
import { useUiWords } from './words.ts'

/** Log-in by e-mail and password, at the cloud unless `logIn` is given; calls `onDone` once the login session is open. */
export function LoginForm(props: {
  readonly onDone: () => void
  readonly logIn?: (email: string, password: string) => Promise<void>
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
    const open = props.logIn ?? logIn
    open(String(form.get('email') ?? '').trim(), String(form.get('password') ?? ''))
      .then(props.onDone, (error: unknown) => {
        if (isProblem(error)) setRefused(error)
      })
      .finally(() => setBusy(false))
  }
  const text = refused ? words(refused.problem) : undefined
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput name="email" type="email" label={t('login.email')} autoComplete="username" required />
        <PasswordInput name="password" label={t('login.password')} autoComplete="current-password" required />
        {text ? (
          <Notice tone="out" title={text.title}>
            {text.hint}
          </Notice>
        ) : null}
        <Button type="submit" loading={busy} fullWidth>
          {t('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
