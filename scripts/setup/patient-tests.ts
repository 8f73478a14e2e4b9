import { vi } from 'vitest'

const waitMaxMs = 30_000
const { waitFor } = vi

// Vitest waits for a second unless a test says otherwise; one look at a slow disk takes as long.
vi.waitFor = (check, options = waitMaxMs) => waitFor(check, options)
