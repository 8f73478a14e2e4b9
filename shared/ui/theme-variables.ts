import type { ConvertCSSVariablesInput, CSSVariablesResolver } from '@mantine/core'
import { type Brand, palettes, token } from './tokens.ts'

type Variables = ConvertCSSVariablesInput['variables']

function schemeVariables(scheme: 'light' | 'dark', brand?: Brand): Variables {
  const own = Object.entries(palettes[scheme]).map(([name, value]) => [`--gh-${name}`, value] as const)
  const variables: Variables = Object.fromEntries(own)
  if (brand) {
    variables['--gh-brand'] = brand[scheme].brand
    variables['--gh-brand-hover'] = brand[scheme].hover
    variables['--gh-on-brand'] = brand[scheme].on
  }
  return { ...variables, ...mantineVariables }
}

// The kit's own palette misses AA in places (dimmed, placeholder, default border), so every colour that
// its components read is pointed at ours.
const mantineVariables: Variables = {
  '--mantine-color-body': token('bg'),
  '--mantine-color-text': token('ink'),
  '--mantine-color-bright': token('ink'),
  '--mantine-color-dimmed': token('muted'),
  '--mantine-color-placeholder': token('muted'),
  '--mantine-color-anchor': token('brand'),
  '--mantine-color-error': token('out'),
  '--mantine-color-default': token('surface'),
  '--mantine-color-default-hover': token('sunken'),
  '--mantine-color-default-color': token('ink'),
  '--mantine-color-default-border': token('control'),
  '--mantine-color-disabled': token('sunken'),
  '--mantine-color-disabled-color': token('muted'),
  '--mantine-color-disabled-border': token('line'),
  '--mantine-primary-color-filled': token('brand'),
  '--mantine-primary-color-filled-hover': token('brand-hover'),
  '--mantine-primary-color-contrast': token('on-brand'),
  '--mantine-color-brand-filled': token('brand'),
  '--mantine-color-brand-filled-hover': token('brand-hover'),
  '--mantine-color-brand-text': token('brand'),
  '--mantine-color-brand-outline': token('brand'),
  '--mantine-color-brand-light-color': token('brand'),
}

/** Gives Mantine the tokens as CSS variables of both schemes; `brand` replaces the brand colours. */
export function tokenVariables(brand?: Brand): CSSVariablesResolver {
  return () => ({
    variables: {},
    light: schemeVariables('light', brand),
    dark: schemeVariables('dark', brand),
  })
}
