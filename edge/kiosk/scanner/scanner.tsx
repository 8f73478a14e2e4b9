import { useNavigate } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { noKeys, type ScannedCode, takeKey } from './scanned-keys.ts'

/** What was scanned; `nr` tells one scan from the next. */
interface Scan {
  readonly code: ScannedCode
  readonly nr: number
}

const ScanContext = createContext<Scan | undefined>(undefined)
const screens = { pass: '/pass', paper: '/parking', receipt: '/receipt', reference: '/check-in' } as const

/** Listens to a scanner that types like a keyboard, on every screen, and opens the screen for what it read. */
export function Scanner(props: { readonly children: ReactNode }): ReactNode {
  const [scan, setScan] = useState<Scan>()
  const keys = useRef(noKeys)
  const navigate = useNavigate()
  useEffect(() => {
    const take = (event: KeyboardEvent) => {
      const taken = takeKey(keys.current, event.key, event.timeStamp)
      keys.current = taken.keys
      const { code } = taken
      if (code === undefined) return
      // The key that ended the code must not press the button that has the focus.
      event.preventDefault()
      event.stopPropagation()
      setScan((before) => ({ code, nr: (before?.nr ?? 0) + 1 }))
      void navigate({ to: screens[code.kind] })
    }
    window.addEventListener('keydown', take, { capture: true })
    return () => window.removeEventListener('keydown', take, { capture: true })
  }, [navigate])
  return <ScanContext value={scan}>{props.children}</ScanContext>
}

/** Calls `listener` once for each scanned code of a kind, the one that opened the screen included. */
export function useScanned(kind: ScannedCode['kind'], listener: (text: string) => void): void {
  const scan = useContext(ScanContext)
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    if (scan?.code.kind === kind && !taken.has(scan)) {
      taken.add(scan)
      latest.current(scan.code.text)
    }
  }, [scan, kind])
}

// A scan opens the screen and is then over, also when somebody comes back to it.
const taken = new WeakSet<Scan>()
