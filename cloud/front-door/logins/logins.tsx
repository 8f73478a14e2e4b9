import type { DemoContent } from '@gatehouse/shared/api/demo-content'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { ActionIcon, CopyButton, Group, Text, Title } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

/** A value to be typed elsewhere, with a button that copies it where the browser allows that. */
function Copyable(props: { readonly value: string; readonly what: string }): ReactNode {
  const t = useWords()
  const mayCopy = 'clipboard' in navigator
  return (
    <Group gap={4} wrap="nowrap">
      <code className="login-value">{props.value}</code>
      {mayCopy ? (
        <CopyButton value={props.value}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="default"
              size={32}
              onClick={copy}
              aria-label={copied ? t('logins.copied') : t('logins.copy', { what: props.what })}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      ) : null}
    </Group>
  )
}

/** The demo's people with their e-mail and password, to copy. */
export function Logins(props: { readonly logins: DemoContent['logins'] }): ReactNode {
  const t = useWords()
  const { language } = useLanguage()
  return (
    <section aria-labelledby="logins">
      <Title order={2} id="logins">
        {t('logins.title')}
      </Title>
      <Text c="dimmed" mb="sm">
        {t('logins.lead')}
      </Text>
      <ul className="logins">
        {props.logins.map((login) => (
          <li key={login.email} className="gh-card login">
            <div>
              <Text fw={600}>{login.displayName}</Text>
              <Text size="sm" c="dimmed">
                {[t(`logins.role.${login.role}`), login.note?.[language]].filter(Boolean).join(' · ')}
              </Text>
            </div>
            <Copyable value={login.email} what={`${t('logins.email')} ${login.displayName}`} />
            <Copyable value={login.password} what={`${t('logins.password')} ${login.displayName}`} />
          </li>
        ))}
      </ul>
    </section>
  )
}
