import type { InputTerminal, OutputTerminal } from '../simulators/simulated-board.ts'

/** An input that keeps every change. */
export function inputTerminal(): InputTerminal & { readonly changes: boolean[] } {
  const changes: boolean[] = []
  return {
    changes,
    get closed() {
      return changes.at(-1) ?? false
    },
    set: (closed) => {
      changes.push(closed)
    },
    damage: () => undefined,
  }
}

/** An output that a test switches. */
export function outputTerminal(): OutputTerminal & { switch(on: boolean): void } {
  const listeners = new Set<(on: boolean) => void>()
  let state = false
  return {
    get on() {
      return state
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    switch: (on) => {
      state = on
      for (const listener of listeners) listener(on)
    },
  }
}
