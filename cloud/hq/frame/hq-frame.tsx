import { Faces, Notice, OfflineBanner } from '@gatehouse/shared/ui/faces.tsx'
import { LanguageSwitch, SchemeSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { logOut } from '@gatehouse/shared/ui/login.ts'
import { LoginForm } from '@gatehouse/shared/ui/login-form.tsx'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBook2,
  IconBuilding,
  IconBuildings,
  IconClipboardList,
  IconCoins,
  IconDeviceMobile,
  IconDoorEnter,
  IconInbox,
  IconUser,
} from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLiveUpdates } from '../api/live-updates.ts'
import { meQuery, overviewQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'
import './hq-frame.css'

function LogOutButton(): ReactNode {
  const ui = useUiWords()
  const leave = () => void logOut().finally(() => window.location.assign('/hq/'))
  return (
    <Button variant="default" size="xs" onClick={leave}>
      {ui('login.out')}
    </Button>
  )
}

/** How many incidents are open at the viewer's sites, beside the way to them; nothing when none is. */
function OpenCount(): ReactNode {
  const t = useWords()
  const overview = useQuery(overviewQuery)
  const open = (overview.data?.sites ?? []).reduce((sum, site) => sum + site.openIncidents, 0)
  if (open === 0) return null
  return (
    <StateChip state="out">
      <span aria-hidden="true">{open}</span>
      <span className="gh-visually-hidden">{t('incident.open', { count: open })}</span>
    </StateChip>
  )
}

function Rail(props: { readonly displayName: string; readonly allowed: boolean }): ReactNode {
  const t = useWords()
  return (
    <header className="hq-rail">
      <Group gap="xs" wrap="nowrap" className="hq-brand">
        <IconBuilding size={22} aria-hidden color="var(--gh-brand)" />
        <Text fw={650}>{t('app.name')}</Text>
      </Group>
      <nav aria-label={t('nav.main')}>
        <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
          <IconBuildings size={18} aria-hidden /> {t('nav.sites')}
        </Link>
        <Link to="/books">
          <IconBook2 size={18} aria-hidden /> {t('nav.books')}
        </Link>
        <Link to="/credits">
          <IconCoins size={18} aria-hidden /> {t('nav.credits')}
        </Link>
        <Link to="/exceptions" activeOptions={{ includeSearch: false }}>
          <IconInbox size={18} aria-hidden /> {t('nav.exceptions')}
        </Link>
        <Link to="/access" activeOptions={{ includeSearch: false }}>
          <IconDoorEnter size={18} aria-hidden /> {t('nav.access')}
        </Link>
        <Link to="/incidents" activeOptions={{ includeSearch: false }}>
          <IconAlertTriangle size={18} aria-hidden /> {t('nav.incidents')}
          {props.allowed ? <OpenCount /> : null}
        </Link>
        <Link to="/audit">
          <IconClipboardList size={18} aria-hidden /> {t('nav.audit')}
        </Link>
        <a href="/app/">
          <IconDeviceMobile size={18} aria-hidden /> {t('nav.memberApp')}
        </a>
      </nav>
      <Stack gap="xs" className="hq-rail-end">
        <Link to="/account" className="hq-person">
          <IconUser size={18} aria-label={t('account.title')} /> <span>{props.displayName}</span>
        </Link>
        <LanguageSwitch />
        <div className="hq-scheme">
          <SchemeSwitch />
        </div>
        <LogOutButton />
      </Stack>
    </header>
  )
}

function Gate(props: { readonly denied: boolean }): ReactNode {
  const t = useWords()
  const ui = useUiWords()
  const client = useQueryClient()
  return (
    <main className="hq-gate">
      <Paper className="gh-card" p="lg">
        <Stack gap="md">
          <Text fw={600}>{t('app.name')}</Text>
          {props.denied ? (
            <Notice tone="out" title={t('denied.title')} action={<LogOutButton />}>
              {t('denied.hint')}
            </Notice>
          ) : (
            <>
              <div>
                <Title order={1}>{ui('login.title')}</Title>
                <Text c="dimmed">{t('login.lead')}</Text>
              </div>
              <LoginForm onDone={() => void client.invalidateQueries()} />
            </>
          )}
          <LanguageSwitch />
        </Stack>
      </Paper>
    </main>
  )
}

/** The rail and the page for operators; everybody else meets the log-in. */
export function HqFrame(): ReactNode {
  const t = useWords()
  const me = useQuery(meQuery)
  const allowed = me.data !== undefined && me.data !== null && me.data.role !== 'member'
  const live = useLiveUpdates(allowed)
  if (me.data === null || me.data?.role === 'member') return <Gate denied={me.data !== null} />
  return (
    <div className="hq-frame">
      <Rail displayName={me.data?.displayName ?? ''} allowed={allowed} />
      <div className="hq-page">
        {live.state === 'lost' ? (
          <OfflineBanner sinceMs={live.sinceMs}>{t('live.lost')}</OfflineBanner>
        ) : null}
        <main className="hq-main">
          <Faces query={me}>{() => <Outlet />}</Faces>
        </main>
      </div>
    </div>
  )
}
