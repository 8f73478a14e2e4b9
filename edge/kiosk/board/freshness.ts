/** After this long without news the figures are shown as old. */
export const freshMaxMs = 20_000

/**
 * Since when the board's figures are old, or nothing while they can be trusted. `heardMs` is when the edge last
 * answered, `asOfMs` when it counted, both by the site's clock.
 */
export function staleSinceMs(
  figures: { readonly asOfMs: number; readonly heardMs: number },
  nowMs: number,
): number | undefined {
  const oldestMs = Math.min(figures.asOfMs, figures.heardMs)
  return nowMs - oldestMs > freshMaxMs ? oldestMs : undefined
}
