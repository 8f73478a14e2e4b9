import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { languageNames, languages, useLanguage } from './language.ts'
import { useUiWords } from './words.ts'

/** Chooses between the languages; `size` `lg` or `xl` for touch screens. */
export function LanguageSwitch(props: { readonly size?: 'sm' | 'md' | 'lg' | 'xl' }): ReactNode {
  const t = useUiWords()
  const { language, setLanguage } = useLanguage()
  return (
    <SegmentedControl
      size={props.size ?? 'sm'}
      aria-label={t('language.label')}
      value={language}
      data={languages.map((value) => ({
        value,
        label: (
          <span lang={value} title={languageNames[value]}>
            {value.toUpperCase()}
          </span>
        ),
      }))}
      onChange={(value) => setLanguage(value === 'de' ? 'de' : 'en')}
    />
  )
}

/** Chooses between light, dark and what the device says. */
export function SchemeSwitch(props: { readonly size?: 'sm' | 'md' | 'lg' }): ReactNode {
  const t = useUiWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl
      size={props.size ?? 'sm'}
      aria-label={t('scheme.label')}
      value={colorScheme}
      data={[
        { value: 'light', label: t('scheme.light') },
        { value: 'dark', label: t('scheme.dark') },
        { value: 'auto', label: t('scheme.auto') },
      ]}
      onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
    />
  )
}
