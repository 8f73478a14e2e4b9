import type { MyCredits } from '@gatehouse/shared/api/credits-view'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { myCreditsQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

function Credits(props: { readonly of: MyCredits }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { currency, totalMinor, nextExpiry, sites } = props.of
  const written = (minor: number) => formatMoney(minor, currency, locale)
  return (
    <Stack gap={4}>
      <Text fw={600} size="xl">
        <Money minor={totalMinor} currency={currency} />
      </Text>
      {sites.map(({ siteId, siteName, amountMinor }) => (
        <Text key={siteId} size="sm">
          {t('credits.atSite', { amount: written(amountMinor), site: siteName })}
        </Text>
      ))}
      {nextExpiry === undefined ? null : (
        <Text size="sm" c="dimmed">
          {t('credits.expires', {
            amount: written(nextExpiry.amountMinor),
            day: formatTime(nextExpiry.expiresMs, locale, 'fullDate'),
          })}
        </Text>
      )}
    </Stack>
  )
}

/** What somebody has to spend, and what of it each site takes also while it is offline. */
export function CreditsCard(): ReactNode {
  const t = useWords()
  const credits = useQuery(myCreditsQuery)
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="xs">
        <Title order={2} size="h3">
          {t('credits.title')}
        </Title>
        <Faces
          query={credits}
          rows={2}
          isEmpty={({ items }) => items.length === 0}
          empty={<Notice title={t('credits.none')}>{t('credits.noneHint')}</Notice>}
        >
          {({ items }) => items.map((item) => <Credits key={item.currency} of={item} />)}
        </Faces>
      </Stack>
    </Paper>
  )
}
