import { describe, expect, it } from 'vitest'
import { boardColors, palettes, type TokenName } from './tokens.ts'

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const grounds: readonly TokenName[] = ['bg', 'surface', 'sunken']
const states = ['free', 'held', 'taken', 'yours', 'out', 'stale'] as const

describe.each(['light', 'dark'] as const)('the %s palette', (scheme) => {
  const palette = palettes[scheme]
  it.each(['ink', 'muted', 'brand'] as const)('keeps %s readable as text on every ground', (text) => {
    for (const ground of grounds) expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5)
  })
  it.each(states)('keeps the word of %s readable on its tint and on surfaces', (state) => {
    for (const ground of [`${state}-tint`, 'surface', 'bg'] as const)
      expect(contrast(palette[state], palette[ground])).toBeGreaterThanOrEqual(4.5)
    expect(contrast(palette.ink, palette[`${state}-tint`])).toBeGreaterThanOrEqual(4.5)
  })
  it('keeps text on the brand readable, also when pointed at', () => {
    expect(contrast(palette['on-brand'], palette.brand)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(palette['on-brand'], palette['brand-hover'])).toBeGreaterThanOrEqual(4.5)
  })
  it('keeps the edges of controls visible on every ground', () => {
    for (const ground of grounds) expect(contrast(palette.control, palette[ground])).toBeGreaterThanOrEqual(3)
  })
})

describe('boards', () => {
  it('keep every colour readable on their ground', () => {
    for (const color of [boardColors.green, boardColors.amber, boardColors.red])
      expect(contrast(color, boardColors.ground)).toBeGreaterThanOrEqual(7)
  })
})
