import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { LanguageSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { LoginForm } from '@gatehouse/shared/ui/login-form.tsx'
import { Button, Container, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconBuilding, IconLogout, IconPlugConnected, IconUsers } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { logInStaff, logOutStaff, staffQuery } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'
import './admin-frame.css'

function Gate(): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  useDocumentTitle(`${t('login.title')} · ${t('app.name')}`)
  return (
    <Stack className="admin-gate gh-card" gap="md">
      <div>
        <Title order={1} size="h2">
          {t('login.title')}
        </Title>
        <Text c="dimmed">{t('login.lead')}</Text>
      </div>
      <LoginForm logIn={logInStaff} onDone={() => void client.invalidateQueries({ queryKey: ['staff'] })} />
      <Text size="sm" c="dimmed">
        {t('login.hint')}
      </Text>
    </Stack>
  )
}

function Tools(props: { readonly name: string }): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const leave = () => {
    void logOutStaff().then(() => {
      client.removeQueries({ queryKey: ['devices'] })
      client.setQueryData(['staff'], null)
    })
  }
  return (
    <Group gap="xs" wrap="nowrap" className="admin-person">
      <Text size="sm" c="dimmed" truncate>
        {props.name}
      </Text>
      <Button variant="subtle" size="compact-sm" aria-label={t('logOut')} onClick={leave}>
        <IconLogout size={18} aria-hidden />
        <span className="admin-wide">{t('logOut')}</span>
      </Button>
    </Group>
  )
}

/** Header, pages and the log-in before them. */
export function AdminFrame(): ReactNode {
  const t = useWords()
  const staff = useQuery(staffQuery)
  const { data } = staff
  return (
    <div className="admin-frame">
      <header className="admin-header">
        <Container size={1440} px="md" className="admin-header-inner">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <IconBuilding size={24} aria-hidden color="var(--gh-brand)" style={{ flex: 'none' }} />
            <Text fw={650} truncate>
              {data?.siteName ?? t('app.name')}
            </Text>
          </Group>
          {data ? (
            <nav aria-label={t('nav.main')}>
              <Link to="/" activeOptions={{ exact: true }}>
                <IconPlugConnected size={20} aria-hidden />
                {t('nav.devices')}
              </Link>
              <Link to="/inside">
                <IconUsers size={20} aria-hidden />
                {t('nav.inside')}
              </Link>
            </nav>
          ) : null}
          <Group gap="sm" wrap="nowrap" className="admin-tools">
            {data ? <Tools name={data.displayName} /> : null}
            <LanguageSwitch />
          </Group>
        </Container>
      </header>
      <Container component="main" size={1440} px="md" py="lg" w="100%">
        {data === null ? <Gate /> : <Faces query={staff}>{() => <Outlet />}</Faces>}
      </Container>
    </div>
  )
}
