/** Colours of one scheme, as DESIGN.md fixes them. Keys become `--gh-<key>`. */
const light = {
  bg: '#F6F7F9',
  surface: '#FFFFFF',
  sunken: '#ECEFF3',
  line: '#D5DAE1',
  control: '#737D8C',
  ink: '#14181F',
  muted: '#566070',
  brand: '#0F5FA8',
  'brand-hover': '#0B4A85',
  'on-brand': '#FFFFFF',
  free: '#146C3E',
  'free-tint': '#E2F4EA',
  held: '#8A5608',
  'held-tint': '#FCF0D9',
  taken: '#4A5568',
  'taken-tint': '#E7EAEF',
  yours: '#6A3FC4',
  'yours-tint': '#EEE8FB',
  out: '#B3261E',
  'out-tint': '#FBE7E5',
  stale: '#5C6470',
  'stale-tint': '#ECEEF1',
} as const

export type TokenName = keyof typeof light
type Palette = Readonly<Record<TokenName, string>>

const dark: Palette = {
  bg: '#0E1217',
  surface: '#171D25',
  sunken: '#0A0D11',
  line: '#2B3440',
  control: '#738093',
  ink: '#EEF2F6',
  muted: '#A3AFBD',
  brand: '#6FB4F2',
  'brand-hover': '#97CAF8',
  'on-brand': '#0E1217',
  free: '#4CC38A',
  'free-tint': '#12301F',
  held: '#E8B04A',
  'held-tint': '#332509',
  taken: '#A9B4C2',
  'taken-tint': '#252D38',
  yours: '#B79BF5',
  'yours-tint': '#271D44',
  out: '#F2887F',
  'out-tint': '#3B1614',
  stale: '#8C97A5',
  'stale-tint': '#20262E',
}

export const palettes: { readonly light: Palette; readonly dark: Palette } = { light, dark }

/** Level boards and signs: readable at 25 m on almost black. */
export const boardColors = {
  ground: '#050607',
  green: '#4BE08A',
  amber: '#FFB000',
  red: '#FF6B5E',
} as const

/** Brand colours an operator may set; both schemes, each with the text that stands on it. */
export interface Brand {
  readonly light: { readonly brand: string; readonly hover: string; readonly on: string }
  readonly dark: { readonly brand: string; readonly hover: string; readonly on: string }
}

/** Writes a token as a CSS value, for example `token('free-tint')` → `var(--gh-free-tint)`. */
export function token(name: TokenName): string {
  return `var(--gh-${name})`
}
