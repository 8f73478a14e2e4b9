import { OfflineBanner } from '@gatehouse/shared/ui/faces.tsx'
import { LanguageSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { Container, Group, Text } from '@mantine/core'
import { IconBuilding, IconMapPin, IconTicket, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLiveUpdates } from '../api/live-updates.ts'
import { meQuery } from '../api/queries.ts'
import { LoginScreen } from '../login/login-screen.tsx'
import { useWords } from '../words/words.ts'
import './app-frame.css'

function Navigation(props: { readonly className: string }): ReactNode {
  const t = useWords()
  return (
    <nav className={props.className} aria-label={t('nav.main')}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
        <IconMapPin size={22} aria-hidden />
        {t('nav.find')}
      </Link>
      <Link to="/bookings">
        <IconTicket size={22} aria-hidden />
        {t('nav.bookings')}
      </Link>
      <Link to="/account">
        <IconUser size={22} aria-hidden />
        {t('nav.account')}
      </Link>
    </nav>
  )
}

/** Header, navigation (a bar at the bottom on phones) and the page; asks for a log-in first. */
export function AppFrame(): ReactNode {
  const t = useWords()
  const me = useQuery(meQuery)
  const live = useLiveUpdates(Boolean(me.data))
  return (
    <div className="app-frame">
      <header className="app-header">
        <Container size={1120} px="md" className="app-header-inner">
          <Group gap="xs" wrap="nowrap">
            <IconBuilding size={24} aria-hidden color="var(--gh-brand)" />
            <Text fw={650}>{t('app.name')}</Text>
          </Group>
          {me.data ? <Navigation className="app-nav-wide" /> : null}
          <LanguageSwitch />
        </Container>
      </header>
      {live.state === 'lost' && me.data ? (
        <OfflineBanner sinceMs={live.sinceMs}>{t('offline.device')}</OfflineBanner>
      ) : null}
      <Container component="main" size={1120} px="md" py="lg" className="app-main">
        {me.data === null ? <LoginScreen /> : <Outlet />}
      </Container>
      {me.data ? <Navigation className="app-nav-phone" /> : null}
    </div>
  )
}
