import { LanguageSwitch } from '@gatehouse/shared/ui/language-switch.tsx'
import { Container, Group, Text } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import './app-frame.css'

/** Header and page for somebody without a log-in. */
export function GuestFrame(): ReactNode {
  const t = useWords()
  return (
    <div className="app-frame">
      <header className="app-header">
        <Container size={1120} px="md" className="app-header-inner">
          <Group gap="xs" wrap="nowrap">
            <IconBuilding size={24} aria-hidden color="var(--gh-brand)" />
            <Text fw={650}>{t('app.name')}</Text>
          </Group>
          <LanguageSwitch />
        </Container>
      </header>
      <Container component="main" size={1120} px="md" py="lg" className="app-main">
        <Outlet />
      </Container>
    </div>
  )
}
