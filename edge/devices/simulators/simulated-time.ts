/** How simulated doors, booms and cars wait. */
export interface SimulatedTime {
  /** Runs once after `ms` milliseconds; returns how to call it off. */
  after(ms: number, run: () => void): () => void
}

/** Time of this machine, `speed` times as fast. */
export function realTime(speed = 1): SimulatedTime {
  return {
    after: (ms, run) => {
      const timer = setTimeout(run, ms / speed)
      return () => clearTimeout(timer)
    },
  }
}
