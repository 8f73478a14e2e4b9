import type { MyPass } from '@gatehouse/shared/api/pass-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { IntervalText, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { bookingsQuery } from '../api/queries.ts'
import { findHolder } from '../pass/holder-key.ts'
import { useSite } from '../site/site-answer.ts'
import { useWords } from '../words/words.ts'
import { passesQuery } from './passes.ts'
import { TakeBackPass } from './take-back-pass.tsx'

/** What a pass is for, in words: the place, and of a booking its space and time. */
function PassLine(props: { readonly pass: MyPass; readonly ownKey: string | undefined }): ReactNode {
  const t = useWords()
  const { pass, ownKey } = props
  const site = useSite(pass.siteId).data
  const booking = useQuery(bookingsQuery).data?.find(({ bookingId }) => bookingId === pass.bookingId)
  const timeZone = site?.timeZone ?? viewerZone()
  const siteName = site?.name ?? t('passes.site')
  const title = booking === undefined ? siteName : `${booking.spaceName} · ${siteName}`
  return (
    <Group justify="space-between" gap="xs" align="flex-start">
      <Stack gap={0} style={{ flex: '1 1 200px', minWidth: 0 }}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
        <Text size="sm">
          {booking === undefined ? (
            t(`passes.kind.${pass.kind}`)
          ) : (
            <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={timeZone} />
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {pass.holderKey === ownKey ? t('passes.here') : t('passes.elsewhere')} · {t('passes.given')}{' '}
          <TimeText ms={pass.givenMs} timeZone={timeZone} style="dateTime" />
        </Text>
      </Stack>
      <TakeBackPass pass={pass} title={title} />
    </Group>
  )
}

/** The passes on all devices of the member, for whoever has lost one of them. */
export function PassesCard(): ReactNode {
  const t = useWords()
  const passes = useQuery(passesQuery)
  const holder = useQuery({
    queryKey: ['holder'],
    queryFn: async () => (await findHolder())?.holderKey ?? null,
    networkMode: 'always',
  })
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="md">
        <Title order={2} size="h3">
          {t('passes.title')}
        </Title>
        <Faces
          query={passes}
          rows={2}
          isEmpty={({ items }) => items.length === 0}
          empty={<Notice title={t('passes.none')}>{t('passes.noneHint')}</Notice>}
        >
          {({ items, nextCursor }) => (
            <>
              <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
                {items.map((pass) => (
                  <li key={pass.passId}>
                    <PassLine pass={pass} ownKey={holder.data ?? undefined} />
                  </li>
                ))}
              </Stack>
              {nextCursor === undefined ? null : <Text size="sm">{t('passes.more')}</Text>}
              <Text size="sm" c="dimmed">
                {t('passes.lost')}
              </Text>
            </>
          )}
        </Faces>
      </Stack>
    </Paper>
  )
}
