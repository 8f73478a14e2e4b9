import type { DeviceStanding, DeviceView, InputView } from '@gatehouse/shared/api/device-views'
import type { ChipState } from '@gatehouse/shared/ui/state-chip.tsx'
import { en } from '../words/en.ts'
import type { useWords } from '../words/words.ts'

type Translate = ReturnType<typeof useWords>
type Key = Parameters<Translate>[0]
const isKey = (key: string): key is Key => Object.hasOwn(en, key)

/** The shape of each standing. */
export const shapeOf: Readonly<Record<DeviceStanding, ChipState>> = {
  online: 'free',
  offline: 'out',
  awaited: 'held',
  untrusted: 'out',
  trouble: 'out',
}

/** A machine word for what is wrong as a sentence; a word that is not known is told as it is. */
export function whyText(t: Translate, code: string): string {
  const [word, what = ''] = code.split(':')
  const key = `why.${word}`
  return isKey(key) ? t(key, { what }) : t('why.other', { code })
}

/** Where a device is reached. */
export function placeText(t: Translate, { kind, bus, address }: DeviceView['place']): string {
  const key = `device.place.${kind}${address === undefined ? '' : 'At'}`
  return isKey(key) ? t(key, { bus: bus ?? '', address: address ?? '' }) : t('device.place.unknown')
}

/** What an input was last seen as. */
export function inputText(t: Translate, { input, loop, isActive }: InputView): string {
  const loopKey = `loop.${loop ?? 'approach'}`
  return t(`input.${input}.${isActive ? 'on' : 'off'}`, { loop: isKey(loopKey) ? t(loopKey) : (loop ?? '') })
}
