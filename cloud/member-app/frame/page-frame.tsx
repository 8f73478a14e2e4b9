import { LanguageSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { Container, Group, Text } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import './app-frame.css'

/** Header and page; what somebody with a log-in has beside them comes in. */
export function PageFrame(props: {
  readonly children: ReactNode
  readonly navigation?: ReactNode
  readonly banner?: ReactNode
  readonly foot?: ReactNode
}): ReactNode {
  const t = useWords()
  return (
    <div className="app-frame">
      <header className="app-header">
        <Container size={1120} px="md" className="app-header-inner">
          <Group gap="xs" wrap="nowrap">
            <IconBuilding size={24} aria-hidden color="var(--gh-brand)" />
            <Text fw={650}>{t('app.name')}</Text>
          </Group>
          {props.navigation}
          <LanguageSwitch />
        </Container>
      </header>
      {props.banner}
      <Container component="main" size={1120} px="md" py="lg" className="app-main">
        {props.children}
      </Container>
      {props.foot}
    </div>
  )
}
