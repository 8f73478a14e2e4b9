import { useEffect, useState } from 'react'

export type PositionState =
  | { readonly kind: 'off' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'known'; readonly latitude: number; readonly longitude: number }

/** The device's position once `wanted`; asks the person through the browser, never before. */
export function usePosition(wanted: boolean): PositionState {
  const [state, setState] = useState<PositionState>({ kind: 'off' })
  useEffect(() => {
    if (!wanted) {
      setState({ kind: 'off' })
      return
    }
    if (!('geolocation' in navigator)) {
      setState({ kind: 'denied' })
      return
    }
    let ended = false
    const settle = (next: PositionState) => {
      if (!ended) setState(next)
    }
    setState({ kind: 'asking' })
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => settle({ kind: 'known', latitude: coords.latitude, longitude: coords.longitude }),
      () => settle({ kind: 'denied' }),
      { timeout: 10_000, maximumAge: 300_000 },
    )
    return () => {
      ended = true
    }
  }, [wanted])
  return state
}
