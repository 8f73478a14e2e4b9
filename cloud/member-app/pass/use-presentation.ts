import { windowAt, windowMs } from '@gatehouse/shared/passes/presentation'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useEffect, useState } from 'react'
import type { HeldPass } from './kept-pass.ts'
import { codeInWindow } from './rotating-code.ts'

/** What is to be shown now; made on the device, so that it goes on without a network. */
export interface Presentation {
  /** Absent for the blink of an eye at the beginning. */
  readonly text: string | undefined
  /** Milliseconds until the next code. */
  readonly leftMs: number
}

/** The rotating code of a pass: a new signature of the holder in every window. */
export function usePresentation({ view, holder }: HeldPass): Presentation {
  const now = useServerNowMs(500)
  const window = windowAt(now)
  const [text, setText] = useState<string>()
  useEffect(() => {
    let isCurrent = true
    void codeInWindow(view.token, holder, window).then((code) => {
      if (isCurrent && code !== undefined) setText(code)
    })
    return () => {
      isCurrent = false
    }
  }, [view.token, holder, window])
  return { text, leftMs: (window + 1) * windowMs - now }
}
