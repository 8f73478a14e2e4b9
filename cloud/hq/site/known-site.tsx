import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Anchor, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { siteQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

function UnknownSite(props: { readonly siteId: string }): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('site.unknown')} · ${t('app.name')}`)
  return (
    <Stack gap="md">
      <Title order={1}>{t('site.unknown')}</Title>
      <Notice
        title={t('site.unknownId', { id: props.siteId })}
        action={<Anchor renderRoot={(anchor) => <Link to="/" {...anchor} />}>{t('site.back')}</Anchor>}
      >
        {t('site.unknownHint')}
      </Notice>
    </Stack>
  )
}

/** The page of a site, or that there is no such site. */
export function KnownSite(props: { readonly children: ReactNode }): ReactNode {
  const { siteId = '' } = useParams({ strict: false })
  const { data, error } = useQuery(siteQuery(siteId))
  const isUnknown = data === undefined && isProblem(error) && error.problem.status === 404
  return isUnknown ? <UnknownSite siteId={siteId} /> : props.children
}
