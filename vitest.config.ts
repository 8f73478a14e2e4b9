import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Vitest hands these to Node as well: anything more, such as `module`, makes CommonJS packages load the wrong files.
const conditions = ['gatehouse-source', 'node']

// The longest: one that begins last runs alone while the other processor rests.
const slow = ['simulation/mutations', 'story/one-slot', 'story/combined-spaces', 'simulation/simulation']

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = slow.findIndex((name) => moduleId.endsWith(`scripts/${name}.test.ts`))
      return at === -1 ? slow.length : at
    }
    const sorted = await super.sort(files)
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{shared,edge,cloud,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: './cloud/database/test-server.ts',
    setupFiles: './scripts/setup/patient-tests.ts',
    sequence: { sequencer: SlowFirst },
    // A test that hangs is found later for it, and one on a busy machine gets to its end.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
