import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { LanguageSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { Group, Text, Title } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useDemoContent } from './demo-content.ts'
import './front-door.css'
import { Logins } from './logins/logins.tsx'
import { Surfaces } from './surfaces/surfaces.tsx'
import { Tour } from './tour/tour.tsx'
import { useWords } from './words/words.ts'

/** The page at `/`: where everything is; in the demo also its log-ins and the tour. */
export function FrontDoor(): ReactNode {
  const t = useWords()
  const demo = useDemoContent()
  return (
    <div className="front-door">
      <header className="front-door-head">
        <Group gap="xs" wrap="nowrap">
          <IconBuilding size={32} aria-hidden color="var(--gh-brand)" />
          <Title order={1}>{t('page.title')}</Title>
        </Group>
        <LanguageSwitch />
      </header>
      <main style={{ display: 'contents' }}>
        <div className="front-door-lead">
          <Text size="lg">{t('page.lead')}</Text>
        </div>
        {demo ? <Notice title={t('page.demo')} /> : null}
        <Surfaces demo={demo} />
        {demo ? <Logins logins={demo.logins} /> : null}
        {demo ? <Tour demo={demo} /> : null}
      </main>
    </div>
  )
}
