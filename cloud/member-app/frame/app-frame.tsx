import { OfflineBanner } from '@gatehouse/shared/ui/faces.tsx'
import { IconMapPin, IconTicket, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLiveUpdates } from '../api/live-updates.ts'
import { meQuery } from '../api/queries.ts'
import { LoginScreen } from '../login/login-screen.tsx'
import { useWords } from '../words/words.ts'
import { PageFrame } from './page-frame.tsx'

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
  const isLost = live.state === 'lost' && Boolean(me.data)
  return (
    <PageFrame
      navigation={me.data ? <Navigation className="app-nav-wide" /> : null}
      banner={isLost ? <OfflineBanner sinceMs={live.sinceMs}>{t('offline.device')}</OfflineBanner> : null}
      foot={me.data ? <Navigation className="app-nav-phone" /> : null}
    >
      {me.data === null ? <LoginScreen /> : <Outlet />}
    </PageFrame>
  )
}
