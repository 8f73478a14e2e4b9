import { describe, expect, test } from 'vitest'
import { closeUp, hasSmallSpaces } from './close-up.ts'

const level = { width: 240, height: 150 }
const whole = { x: 0, y: 0, ...level }
const widthPx = 760
const room = { rect: { x: 0, y: 0, width: 40, height: 40 } }
// Two rows of seven desks that touch each other, and one far away.
const desks = Array.from({ length: 14 }, (_, at) => ({
  rect: { x: 10 + (at % 7) * 14, y: 80 + Math.floor(at / 7) * 11, width: 14, height: 11 },
}))
const far = { rect: { x: 220, y: 135, width: 14, height: 11 } }
const spaces = [room, ...desks, far]
const [first, last] = [desks[0] ?? room, desks[13] ?? room]
const picture = (view = whole) => ({ level, spaces, view, widthPx })
const sizeIn = (view: { width: number }, { rect }: typeof room) =>
  (Math.min(rect.width, rect.height) * widthPx) / view.width

describe('a space on the plan', () => {
  test('that a finger meets is chosen as it is', () => {
    expect(closeUp(picture(), room)).toBeUndefined()
  })

  test('that is too small is shown closely, with all its neighbours, and can then be touched', () => {
    const view = closeUp(picture(), first) ?? expect.fail('no close-up')
    expect(view).toEqual(closeUp(picture(), last))
    for (const desk of desks) {
      expect(sizeIn(view, desk)).toBeGreaterThanOrEqual(48)
      expect(closeUp(picture(view), desk)).toBeUndefined()
    }
  })

  test('at the edge of a close-up moves into it, and the view never leaves the level', () => {
    const view = closeUp(picture(), first) ?? whole
    const next = closeUp(picture(view), far) ?? expect.fail('no close-up')
    expect(next.x + next.width).toBeLessThanOrEqual(level.width)
    expect(next.y + next.height).toBeLessThanOrEqual(level.height)
    expect(closeUp(picture(next), far)).toBeUndefined()
  })

  test('that cannot be shown any larger is chosen', () => {
    const thin = { rect: { x: 0, y: 0, width: 240, height: 4 } }
    expect(closeUp({ ...picture(), spaces: [thin] }, thin)).toBeUndefined()
  })

  test('is chosen while nothing is drawn yet', () => {
    expect(closeUp({ ...picture(), widthPx: 0 }, first)).toBeUndefined()
  })

  test('that is small is announced only where there is one', () => {
    expect(hasSmallSpaces({ level, spaces, widthPx })).toBe(true)
    expect(hasSmallSpaces({ level, spaces: [room], widthPx })).toBe(false)
  })
})
