import { useNavigate } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { noKeys, takeKey } from './scanned-keys.ts'

/** A pass that was scanned; `nr` tells one scan from the next. */
interface Scan {
  readonly text: string
  readonly nr: number
}

const ScanContext = createContext<Scan | undefined>(undefined)

/** Listens to a scanner that types like a keyboard, on every screen, and opens the pass screen with what it read. */
export function PassScanner(props: { readonly children: ReactNode }): ReactNode {
  const [scan, setScan] = useState<Scan>()
  const keys = useRef(noKeys)
  const navigate = useNavigate()
  useEffect(() => {
    const take = (event: KeyboardEvent) => {
      const taken = takeKey(keys.current, event.key, event.timeStamp)
      keys.current = taken.keys
      const { pass } = taken
      if (pass === undefined) return
      // The key that ended the pass must not press the button that has the focus.
      event.preventDefault()
      event.stopPropagation()
      setScan((before) => ({ text: pass, nr: (before?.nr ?? 0) + 1 }))
      void navigate({ to: '/pass' })
    }
    window.addEventListener('keydown', take, { capture: true })
    return () => window.removeEventListener('keydown', take, { capture: true })
  }, [navigate])
  return <ScanContext value={scan}>{props.children}</ScanContext>
}

/** Calls `listener` once for each scanned pass, the one that opened the screen included. */
export function useScannedPass(listener: (text: string) => void): void {
  const scan = useContext(ScanContext)
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    if (scan !== undefined && !taken.has(scan)) {
      taken.add(scan)
      latest.current(scan.text)
    }
  }, [scan])
}

// A scan opens the screen and is then over, also when somebody comes back to it.
const taken = new WeakSet<Scan>()
