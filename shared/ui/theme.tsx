import '@fontsource-variable/inter/index.css'
import '@mantine/core/styles.layer.css'
import './global.css'
import { createTheme, defaultVariantColorsResolver, MantineProvider, rem } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { tokenVariables } from './theme-variables.ts'
import { type Brand, palettes, token } from './tokens.ts'

const brandScale = [
  '#EAF3FC',
  '#D3E6F8',
  '#A9D1F5',
  '#97CAF8',
  '#6FB4F2',
  '#3C8ED8',
  '#0F5FA8',
  '#0B4A85',
  '#093C6C',
  '#062A4D',
] as const

// The kit draws controls, tracks and edges from these two scales; ours keep 3:1 for every edge of a control.
const grayScale = [
  palettes.light.bg,
  palettes.light.sunken,
  '#E1E5EB',
  palettes.light.line,
  palettes.light.control,
  palettes.light.control,
  palettes.light.muted,
  '#414B5A',
  '#2A323D',
  palettes.light.ink,
] as const
const darkScale = [
  palettes.dark.ink,
  '#C9D1DB',
  palettes.dark.muted,
  palettes.dark.control,
  palettes.dark.control,
  '#2B3440',
  palettes.dark.surface,
  palettes.dark.bg,
  palettes.dark.sunken,
  palettes.dark.sunken,
] as const

const dialog = {
  // A dialog's own header is no banner of the page.
  attributes: { header: { role: 'presentation' } },
  styles: {
    content: { background: token('surface') },
    header: { background: token('surface') },
    title: { fontWeight: 600, fontSize: rem(20), lineHeight: 1.4 },
  },
}

const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 6, dark: 4 },
  colors: { brand: [...brandScale], gray: [...grayScale], dark: [...darkScale] },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, monospace',
  fontSizes: { xs: rem(14), sm: rem(14), md: rem(16), lg: rem(20), xl: rem(28) },
  lineHeights: { xs: '1.43', sm: '1.43', md: '1.5', lg: '1.4', xl: '1.286' },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  radius: { xs: rem(4), sm: rem(6), md: rem(10), lg: rem(16), xl: rem(999) },
  defaultRadius: 'sm',
  focusRing: 'auto',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(28), lineHeight: '1.286', fontWeight: '600' },
      h2: { fontSize: rem(20), lineHeight: '1.4', fontWeight: '600' },
      h3: { fontSize: rem(16), lineHeight: '1.5', fontWeight: '600' },
    },
  },
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input)
    if (input.variant === 'danger') {
      const out = token('out')
      return { background: 'transparent', hover: token('out-tint'), color: out, border: `1px solid ${out}` }
    }
    if (input.variant !== 'filled' || (input.color ?? 'brand') !== 'brand') return resolved
    return {
      background: token('brand'),
      hover: token('brand-hover'),
      color: token('on-brand'),
      border: '1px solid transparent',
    }
  },
  components: {
    Paper: { defaultProps: { radius: 'md' } },
    Modal: { defaultProps: { radius: 'md', centered: true, ...dialog } },
    Drawer: { defaultProps: dialog },
    Loader: { defaultProps: { color: token('brand') } },
    Input: { defaultProps: { size: 'md' } },
    Button: { defaultProps: { size: 'md' } },
  },
})

/**
 * Puts theme, fonts and tokens around a whole screen, following the device's light or dark setting until
 * the person chooses one. `brand` are an operator's colours, already checked for contrast.
 */
export function ScreenProvider(props: { readonly children: ReactNode; readonly brand?: Brand }): ReactNode {
  const resolver = useMemo(() => tokenVariables(props.brand), [props.brand])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      {props.children}
    </MantineProvider>
  )
}
