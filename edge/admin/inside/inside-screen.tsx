import type { InsideView } from '@gatehouse/shared/api/inside-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { sinceStyle } from '@gatehouse/shared/ui/format.ts'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, List, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { insideQuery, staffQuery, useSiteZone } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'
import './inside-screen.css'

function Since(props: { readonly ms: number; readonly nowMs: number }): ReactNode {
  const timeZone = useSiteZone()
  return <TimeText ms={props.ms} timeZone={timeZone} style={sinceStyle(props.ms, props.nowMs)} />
}

function People({ view }: { readonly view: InsideView }): ReactNode {
  const t = useWords()
  if (view.people.length === 0) return <Notice title={t('inside.nobody')}>{t('inside.nobodyHint')}</Notice>
  return (
    <ul className="inside-list gh-card">
      {view.people.map(({ key, name, reference, zoneName, spaceName, sinceMs, by }) => (
        <li key={key}>
          <span className="inside-box" aria-hidden />
          <span>
            <b>
              {name ?? (reference === undefined ? t('inside.guest') : t('inside.guestOf', { reference }))}
            </b>
            <span className="inside-quiet">
              {[zoneName, spaceName].filter((part) => part !== undefined).join(' · ')}
            </span>
          </span>
          <span className="inside-quiet">
            {t(`inside.by.${by}`)} <Since ms={sinceMs} nowMs={view.nowMs} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function Vehicles({ view }: { readonly view: InsideView }): ReactNode {
  const t = useWords()
  if (!view.knows.vehicles) return null
  return (
    <section aria-labelledby="vehicles">
      <Title order={2} id="vehicles" mb="xs">
        {t('inside.vehicles', { count: view.vehicles.length })}
      </Title>
      {view.vehicles.length === 0 ? <Text>{t('inside.noVehicles')}</Text> : null}
      <ul className="inside-list inside-vehicles gh-card" hidden={view.vehicles.length === 0}>
        {view.vehicles.map(({ ticket, spaceName, sinceMs }) => (
          <li key={ticket}>
            <span className="inside-box" aria-hidden />
            <span>
              <b>{ticket}</b>
              <span className="inside-quiet">{spaceName}</span>
            </span>
            <span className="inside-quiet">
              <Since ms={sinceMs} nowMs={view.nowMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Who is inside as far as the site knows, with what it cannot know; prints on paper. */
export function InsideScreen(): ReactNode {
  const t = useWords()
  const inside = useQuery(insideQuery)
  const site = useQuery(staffQuery).data?.siteName ?? ''
  useDocumentTitle(`${t('inside.title')} · ${site}`)
  return (
    <Stack gap="md">
      <div className="inside-head">
        <div>
          <Title order={1}>{t('inside.title')}</Title>
          <Text c="dimmed">
            {site}
            {inside.data ? (
              <>
                {' · '}
                {t('inside.asOf')} <Since ms={inside.data.nowMs} nowMs={inside.data.nowMs} />
              </>
            ) : null}
          </Text>
        </div>
        <Button
          className="admin-no-print"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('inside.print')}
        </Button>
      </div>
      <Notice tone="held" title={t('inside.limits')}>
        <List size="sm" spacing={4}>
          {inside.data && !inside.data.knows.zones ? <List.Item>{t('inside.noZones')}</List.Item> : null}
          <List.Item>{t('inside.followers')}</List.Item>
          <List.Item>{t('inside.leavers')}</List.Item>
          {inside.data?.isCut ? <List.Item>{t('inside.cut')}</List.Item> : null}
        </List>
      </Notice>
      <Faces query={inside} rows={6}>
        {(view) => (
          <Stack gap="lg">
            <section aria-labelledby="people">
              <Title order={2} id="people" mb="xs">
                {t('inside.people', { count: view.people.length })}
              </Title>
              <People view={view} />
            </section>
            <Vehicles view={view} />
          </Stack>
        )}
      </Faces>
    </Stack>
  )
}
